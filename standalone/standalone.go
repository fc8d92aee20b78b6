// Package standalone is the whole system in one process, with nothing to install.
//
// The services are those that run in production and cannot tell the difference:
// only their configuration is another one, with SQLite files for PostgreSQL and
// an embedded NATS server.
package standalone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/run"
	"stockroom/services/auth/authd"
	"stockroom/services/catalog/catalogd"
	"stockroom/services/users/usersd"
)

// Config says where the system listens and keeps its data.
type Config struct {
	Addr         string // of the gateway; all else listens on free ports of the loopback interface
	Dir          string // made if it is missing
	PasswordCost int    // of hashing; zero: what authd does by itself
	Hashers      int    // passwords hashed at once; zero: as many as cores
	HashAside    bool   // see [authd.Config]
	Issuer       string // in whose name tokens are made; "stockroom" if empty
	Admin        Admin  // the first one; empty: one with a generated password
	NoAdmin      bool   // make none
	Mail         Mail
	Clients      gatewayd.Clients
}

// Mail says how mail is sent and what it is there for, as the variables of authd
// do. The zero value: none is.
type Mail struct {
	Shown        bool // in the log, if there is no server to send it: for development
	SMTPURL      string
	From         string
	ResetURL     string
	VerifyURL    string
	Verification string
}

// Stockroom is the system, listening.
type Stockroom struct {
	dir      string
	addr     string
	authURL  string // internal doors
	usersURL string
	secrets  *secrets
	admin    Admin
	lock     *lock
	bus      *bus
	voices   voices
	servers  []run.Server // each before those that it depends on
}

// New puts the system together: first all doors, so that each service can be
// told where the others are.
func New(ctx context.Context, cfg Config, log *slog.Logger) (_ *Stockroom, err error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	s := &Stockroom{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release(ctx))
		}
	}()
	if s.lock, err = acquire(dir); err != nil {
		return nil, err
	}
	if err = vanish(dir); err != nil {
		return nil, err
	}
	if _, err = settle(dir, os.Rename); err != nil {
		return nil, fmt.Errorf("finish the last restore: %w", err)
	}
	if s.secrets, err = loadSecrets(filepath.Join(dir, secretsFile)); err != nil {
		return nil, err
	}
	if !cfg.NoAdmin {
		if s.admin, err = cfg.Admin.orGenerated(s.secrets); err != nil {
			return nil, err
		}
	}
	if s.bus, err = startBus(); err != nil {
		return nil, err
	}
	if s.voices, err = openVoices(ctx, log); err != nil {
		return nil, err
	}
	d, err := openDoors(ctx, cfg.Addr)
	if err != nil {
		return nil, err
	}
	s.addr, s.authURL, s.usersURL = d.gateway.Public.Addr().String(), internalURL(d.auth), internalURL(d.users)
	if err := s.assemble(ctx, cfg, d); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return s, s.appear()
}

// assemble makes every service with the configuration that a deployment would
// give it.
func (s *Stockroom) assemble(ctx context.Context, cfg Config, d doors) error {
	const env = "production" // the secrets here are as good as any
	token, nats, issuer := s.secrets.InternalToken, s.bus.url(), cmp.Or(cfg.Issuer, audience)

	users, err := usersd.New(ctx, usersd.Config{
		Env: env, DatabaseURL: s.database("users"), Migrate: true, NATSURL: nats, InternalToken: token,
		AuthURL: publicURL(d.auth), AuthInternalURL: internalURL(d.auth),
		TokenIssuer: issuer, TokenAudience: audience, Grace: grace,
	}, d.users, s.voices["users"])
	if err != nil {
		return fmt.Errorf("users: %w", err)
	}
	s.dependsOnAllBefore(users)

	mail := cfg.Mail
	authEnv := env
	if mail.Shown {
		authEnv = "development"
	}
	auth, err := authd.New(ctx, authd.Config{
		Env: authEnv, DatabaseURL: s.database("auth"), Migrate: true, NATSURL: nats, InternalToken: token,
		Secret: s.secrets.AuthSecret, SecretPrevious: s.secrets.AuthSecretPrevious, KeyLifetime: authd.DefaultKeyLifetime,
		PasswordCost: cfg.PasswordCost, Hashers: cfg.Hashers, HashAside: cfg.HashAside, UsersInternalURL: internalURL(d.users),
		SMTPURL: mail.SMTPURL, MailFrom: mail.From, ResetURL: mail.ResetURL, VerifyURL: mail.VerifyURL, EmailVerification: mail.Verification,
		AdminEmail: s.admin.Email, AdminUsername: s.admin.Username, AdminPassword: s.admin.Password,
		TokenIssuer: issuer, TokenAudience: audience, Grace: grace,
	}, d.auth, s.voices["auth"])
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	s.dependsOnAllBefore(auth)

	catalog, err := catalogd.New(ctx, catalogd.Config{
		Env: env, DatabaseURL: s.database("catalog"), Migrate: true, NATSURL: nats, InternalToken: token,
		AuthURL: publicURL(d.auth), AuthInternalURL: internalURL(d.auth), UsersInternalURL: internalURL(d.users),
		TokenIssuer: issuer, TokenAudience: audience, Grace: grace,
	}, d.catalog, s.voices["catalog"])
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	s.dependsOnAllBefore(catalog)

	gateway, err := gatewayd.New(ctx, gatewayd.Config{
		Env: env, NATSURL: nats, InternalToken: token,
		AuthURLs: []string{publicURL(d.auth)}, AuthInternalURLs: []string{internalURL(d.auth)},
		UsersURLs: []string{publicURL(d.users)}, UsersInternalURLs: []string{internalURL(d.users)},
		CatalogURLs: []string{publicURL(d.catalog)}, CatalogInternalURLs: []string{internalURL(d.catalog)},
		AuthURL: publicURL(d.auth), AuthInternalURL: internalURL(d.auth), UsersInternalURL: internalURL(d.users),
		TokenIssuer: issuer, TokenAudience: audience, Clients: cfg.Clients, Grace: grace,
	}, d.gateway, s.voices["gateway"])
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	s.dependsOnAllBefore(gateway)
	return nil
}

func (s *Stockroom) dependsOnAllBefore(server run.Server) {
	s.servers = append([]run.Server{server}, s.servers...)
}

const (
	audience = "stockroom"      // of tokens
	grace    = 15 * time.Second // for requests under way when the system stops
)

// URL returns where the API is.
func (s *Stockroom) URL() string { return "http://" + s.addr }

// Dir returns where the data is.
func (s *Stockroom) Dir() string { return s.dir }

// Run works until ctx is done. Then everything stops before what it depends on:
// the gateway first, so that what it let in is still answered.
func (s *Stockroom) Run(ctx context.Context) error {
	err := inTurn(ctx, s.servers...)
	s.voices.close(ctx)
	s.bus.stop()
	return errors.Join(err, vanish(s.dir), s.lock.release())
}

// inTurn runs servers until ctx is done, or one of them returns. Each goes on
// until the one before it has stopped.
func inTurn(ctx context.Context, servers ...run.Server) error {
	first, stopAll := context.WithCancel(ctx)
	defer stopAll()
	var g errgroup.Group
	until := first
	for _, server := range servers {
		mine := until
		next, stopNext := context.WithCancel(context.WithoutCancel(ctx))
		g.Go(func() error {
			defer stopNext()
			defer stopAll()
			return server.Run(mine)
		})
		until = next
	}
	return g.Wait()
}

// release gives back what an unfinished New holds: servers do so when they run
// and are told to stop at once.
func (s *Stockroom) release(ctx context.Context) error {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	stop()
	err := inTurn(ctx, s.servers...)
	s.voices.close(ctx)
	s.bus.stop()
	return errors.Join(err, s.lock.release())
}

// database returns the URL of a service's file.
func (s *Stockroom) database(service string) string { return DatabaseURL(s.dir, service) }
