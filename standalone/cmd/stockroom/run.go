package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/services/auth/authd"
	"stockroom/standalone"
)

// runAll runs the system until ctx is done.
func runAll(ctx context.Context, env map[string]string) error {
	log, err := telemetry.NewLogger(os.Stderr, cmp.Or(env["STOCKROOM_LOG_LEVEL"], "warn"))
	if err != nil {
		return err
	}
	cost, err := passwordCost(env)
	if err != nil {
		return err
	}
	clients, err := run.Config[gatewayd.Clients]()
	if err != nil {
		return err
	}
	s, err := standalone.New(ctx, standalone.Config{
		Addr:         addr(env),
		Dir:          dataDir(env),
		PasswordCost: cost,
		Hashers:      authd.MakeRoom(0),
		HashAside:    true,
		Issuer:       issuer(env),
		Clients:      clients,
		Admin: standalone.Admin{
			Email:    env["STOCKROOM_ADMIN_EMAIL"],
			Username: env["STOCKROOM_ADMIN_USERNAME"],
			Password: env["STOCKROOM_ADMIN_PASSWORD"],
		},
		Mail: standalone.Mail{
			Shown:        env["STOCKROOM_ENV"] == "development",
			SMTPURL:      env["STOCKROOM_SMTP_URL"],
			From:         env["STOCKROOM_MAIL_FROM"],
			ResetURL:     env["STOCKROOM_RESET_URL"],
			VerifyURL:    env["STOCKROOM_VERIFY_URL"],
			Verification: env["STOCKROOM_EMAIL_VERIFICATION"],
		},
	}, log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() {
		defer stop()
		done <- s.Run(ctx)
	}()
	err = greet(ctx, s)
	if err != nil {
		stop()
	}
	return errors.Join(err, <-done)
}

// issuer returns in whose name tokens are made: of whom clients know as the
// address, if it is one.
func issuer(env map[string]string) string {
	host, _, err := net.SplitHostPort(addr(env))
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		return env["STOCKROOM_TOKEN_ISSUER"]
	}
	return cmp.Or(env["STOCKROOM_TOKEN_ISSUER"], "http://"+addr(env))
}

// greet says where everything is, and who may administer it. The password goes
// to the terminal and nowhere else.
func greet(ctx context.Context, s *standalone.Stockroom) error {
	admin, fresh, err := s.AwaitAdmin(ctx)
	if ctx.Err() != nil {
		return nil // stopped before it was ready
	}
	if err != nil {
		return err
	}
	fmt.Printf(`
  Stockroom is ready.

  API          %[1]s/api/v1
  Swagger UI   %[1]s/docs
  ReDoc        %[1]s/redoc
  Data         %[2]s

`, s.URL(), s.Dir())
	if !fresh {
		return nil
	}
	fmt.Printf(`  The first administrator has been made. The password is shown only now.

  Username     %s
  Password     %s

`, admin.Username, admin.Password)
	return s.AdminShown()
}
