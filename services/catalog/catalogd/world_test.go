package catalogd_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
	"stockroom/services/catalog/catalogd"
)

// world is what a catalog finds around it: it stands in for auth and users.
type world struct {
	issuer *tokentest.Issuer
	url    string
}

func newWorld(t *testing.T) *world {
	t.Helper()

	issuer := tokentest.New(t)
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/.well-known/jwks.json", func(c *fiber.Ctx) error {
		keys, err := issuer.JWKS(c.UserContext())
		if err != nil {
			return err
		}
		return c.Send(keys)
	})
	app.Get("/internal/v1/revocations", func(c *fiber.Ctx) error {
		snapshot, err := issuer.Revocations(c.UserContext())
		if err != nil {
			return err
		}
		return c.JSON(snapshot)
	})
	httplog.Mount(app, issuer)

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
	return &world{issuer, "http://" + doors.Public.Addr().String()}
}

// config returns one that is fit for production but for its short times.
func (w *world) config(databaseURL string) catalogd.Config {
	return catalogd.Config{
		Env: "production", DatabaseURL: databaseURL, Migrate: true,
		InternalToken: rand.Text() + rand.Text(), AuthURL: w.url, UsersInternalURL: w.url,
		TokenIssuer: tokentest.Name, TokenAudience: tokentest.Audience,
		Grace: 10 * time.Second,
	}
}

func (w *world) token(t *testing.T, role string) string {
	t.Helper()

	return w.issuer.Token(t, "00000000-0000-7000-8000-00000000ac70", role)
}
