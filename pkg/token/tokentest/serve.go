package tokentest

import (
	"context"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/web"
)

// Serve stands in for the doors of auth and users at which verifiers ask, until
// the test ends. It returns the address of both.
func (i *Issuer) Serve(t testing.TB) (url string) {
	t.Helper()

	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/.well-known/jwks.json", func(c *fiber.Ctx) error {
		keys, err := i.JWKS(c.UserContext())
		if err != nil {
			return err
		}
		return c.Send(keys)
	})
	app.Get("/internal/v1/revocations", func(c *fiber.Ctx) error {
		snapshot, err := i.Revocations(c.UserContext())
		if err != nil {
			return err
		}
		return c.JSON(snapshot)
	})
	httplog.Mount(app, i)

	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // until it is cleaned up
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, app, doors.Public, 5*time.Second) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.NoError(t, doors.Close())
	})
	return "http://" + doors.Public.Addr().String()
}
