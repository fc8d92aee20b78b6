package tokentest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
)

// Doors are where a verifier asks.
type Doors struct {
	Auth, AuthInternal, UsersInternal string // addresses
}

// Serve stands in for the doors of auth and users at which verifiers ask, until
// the test ends.
func (i *Issuer) Serve(t testing.TB) Doors {
	t.Helper()

	users, auth := Rights(i), Rights(i.Sessions)
	users.Get("/.well-known/jwks.json", func(c *fiber.Ctx) error {
		keys, err := i.JWKS(c.UserContext())
		if err != nil {
			return err
		}
		return c.Send(keys)
	})
	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // until it is cleaned up
	done := make(chan error, 2)
	go func() { done <- web.Serve(ctx, users, doors.Public, 5*time.Second) }()
	go func() { done <- web.Serve(ctx, auth, doors.Internal, 5*time.Second) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, errors.Join(<-done, <-done))
		require.NoError(t, doors.Close())
	})
	one, other := "http://"+doors.Public.Addr().String(), "http://"+doors.Internal.Addr().String()
	return Doors{Auth: one, UsersInternal: one, AuthInternal: other}
}

// Rights is the internal door of a service as far as verifiers ask there.
func Rights(r token.Rights) *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/internal/v1/revocations", func(c *fiber.Ctx) error {
		snapshot, err := r.Revocations(c.UserContext())
		if err != nil {
			return err
		}
		return c.JSON(snapshot)
	})
	httplog.Mount(app, r)
	return app
}
