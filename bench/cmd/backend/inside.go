package main

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/token"
)

// maxTokens bounds what may be asked for at once.
const maxTokens = 10_000

// inside is the internal door of all services.
func inside(i issuer) *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/readyz", func(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "ok"}) })
	app.Get("/.well-known/jwks.json", func(c *fiber.Ctx) error { return c.JSON(i.keys()) })
	app.Get("/internal/v1/revocations", func(c *fiber.Ctx) error { return c.JSON(token.Snapshot{Epoch: epoch}) })
	httplog.Mount(app, quiet{})
	app.Get("/tokens", func(c *fiber.Ctx) error {
		tokens, err := i.tokens(min(c.QueryInt("n", 1), maxTokens))
		if err != nil {
			return err
		}
		return c.JSON(tokens)
	})
	return app
}

// quiet is a log to which nothing is ever written.
type quiet struct{}

const epoch = 1

func (quiet) Head(context.Context) (commitlog.Head, error) { return commitlog.Head{Epoch: epoch}, nil }

func (quiet) Since(context.Context, int64, int) ([]commitlog.Event, error) { return nil, nil }
