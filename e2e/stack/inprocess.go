package stack

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/standalone"
)

// InProcess starts the one-process form inside the test, where the race
// detector sees it. It stops with tb.
func InProcess(tb testing.TB) *System {
	tb.Helper()

	post := postOffice(tb)
	log := slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	one, err := standalone.New(tb.Context(), standalone.Config{
		Addr: "127.0.0.1:0", Dir: tb.TempDir(), PasswordCost: quickHash, Admin: standalone.Admin(admin), Issuer: issuer, Mail: mail(post),
	}, log)
	require.NoError(tb, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	done := make(chan error, 1)
	go func() { done <- one.Run(ctx) }()
	tb.Cleanup(func() {
		stop()
		require.NoError(tb, <-done)
	})
	s := &System{URL: one.URL(), Issuer: issuer, Admin: admin, Mail: post}
	s.Await(tb)
	return s
}

// quickHash is the least cost that bcrypt knows: tests make many accounts.
const quickHash = 4
