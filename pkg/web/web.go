// Package web is the HTTP face that every service starts from: typed operations
// on Fiber that document themselves, one order of checks, one shape of errors,
// limits, deadlines, and a stop that loses no request.
//
// A service describes each operation once, with [Handle]; the route, the checks
// of a request and the OpenAPI 3.1 document all come from that description.
package web

import (
	"cmp"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/wire"
)

// Bounds of a request when [Config] does not say otherwise.
const (
	DefaultBodyLimit = 1 << 20
	DefaultDeadline  = 10 * time.Second
)

// Config says what an [API] needs to know of its service. Gate may be nil if
// anyone may call every operation, Telemetry if nobody listens.
type Config struct {
	Title     string // of the document
	Version   string // of the document
	Telemetry *telemetry.Telemetry
	Gate      Gate
	BodyLimit int           // bytes; [DefaultBodyLimit] if zero
	Deadline  time.Duration // of a request's context; [DefaultDeadline] if zero

	// PreviousToken opens the face of [NewInternal] too, while the token is being
	// exchanged. Empty: there is none.
	PreviousToken string
}

// New returns the public face of a service. It serves its own OpenAPI document
// at GET /openapi.json.
func New(cfg Config) *API {
	a := newAPI(cfg, telemetry.Public)
	a.app.Get("/openapi.json", a.serveDocument)
	return a
}

func newAPI(cfg Config, door telemetry.Door) *API {
	cfg.BodyLimit = cmp.Or(cfg.BodyLimit, DefaultBodyLimit)
	cfg.Deadline = cmp.Or(cfg.Deadline, DefaultDeadline)
	if cfg.Telemetry == nil {
		cfg.Telemetry = telemetry.Discard()
	}
	a := &API{cfg: cfg, doc: newDocument(cfg.Title, cfg.Version), log: cfg.Telemetry.Log, requests: cfg.Telemetry.Requests(door)}
	a.app = fiber.New(fiber.Config{
		Immutable:                    true, // Fiber reuses its buffers: what handlers keep must be copies
		StrictRouting:                true,
		CaseSensitive:                true,
		DisableStartupMessage:        true,
		DisableDefaultContentType:    true,
		DisablePreParseMultipartForm: true, // forms are read with bounds of their own
		BodyLimit:                    cfg.BodyLimit,
		ReadBufferSize:               wire.MaxHead,
		ReadTimeout:                  10 * time.Second,
		WriteTimeout:                 15 * time.Second,
		IdleTimeout:                  75 * time.Second,
	})
	server := a.app.Server()
	server.CloseOnShutdown = true
	server.Handler = a.strict(knownMethod(server.Handler))
	server.ErrorHandler = a.unreadable
	server.ExpectHandler = a.expect
	a.app.Use(a.observe)
	return a
}
