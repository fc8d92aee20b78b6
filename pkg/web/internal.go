package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"stockroom/pkg/telemetry"
)

// Check tells whether a service has started; its error says what it waits for,
// to the log only. What all replicas share, such as a database, is none of its
// business: if that goes away, no replica is better than another.
type Check func(ctx context.Context) error

const (
	livePath  = "/livez"
	readyPath = "/readyz"
	statsPath = "/metrics"
	stopping  = "stopping"
	checkTime = time.Second
)

// NewInternal returns the face that a service shows only to its own system.
// GET /livez answers as long as the process does, GET /readyz while all checks
// of ready pass, until [API.Leave]; GET /metrics shows what there is to measure,
// GET /internal/openapi.json describes the operations. Everything under /internal
// needs the bearer token, whatever the access of an operation says; cfg.Gate is
// not used.
func NewInternal(cfg Config, token string, ready map[string]Check) *API {
	a := newAPI(cfg, telemetry.Internal)
	a.internal = true
	a.app.Get(livePath, func(c *fiber.Ctx) error { return c.JSON(readiness{Status: "ok"}) })
	a.app.Get(readyPath, func(c *fiber.Ctx) error { return a.answerReady(c, ready) })
	a.app.Get(statsPath, adaptor.HTTPHandler(promhttp.HandlerFor(a.cfg.Telemetry.Registry, promhttp.HandlerOpts{})))
	a.app.Use("/internal", trusted(token, cfg.PreviousToken))
	a.app.Get("/internal/openapi.json", a.serveDocument)
	return a
}

// Leave has GET /readyz say that the service is stopping.
func (a *API) Leave() { a.leaving.Store(true) }

// trusted lets in requests with exactly one Authorization, which bears one of
// tokens. Hashes are compared, because their length tells nothing.
func trusted(tokens ...string) fiber.Handler {
	tokens = slices.DeleteFunc(tokens, func(t string) bool { return t == "" })
	wanted := make([][sha256.Size]byte, 0, len(tokens))
	for _, t := range tokens {
		wanted = append(wanted, sha256.Sum256([]byte(t)))
	}
	return func(c *fiber.Ctx) error {
		auth := authorization(c)
		if len(auth) != 1 {
			return ErrUnauthenticated
		}
		scheme, sent, _ := strings.Cut(auth[0], " ")
		got := sha256.Sum256([]byte(sent))
		same := 0
		for _, want := range wanted {
			same |= subtle.ConstantTimeCompare(got[:], want[:])
		}
		if !strings.EqualFold(scheme, "Bearer") || same != 1 {
			return ErrUnauthenticated
		}
		return c.Next()
	}
}

// readiness is the answer of the probes.
type readiness struct {
	Status  string   `json:"status"`
	Failing []string `json:"failing,omitempty"`
}

// answerReady names the failing checks; why they fail may hold secrets and goes
// to the log.
func (a *API) answerReady(c *fiber.Ctx, ready map[string]Check) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), checkTime)
	defer cancel()

	failing := failures(ctx, ready)
	var names []string
	if a.leaving.Load() {
		names = append(names, stopping)
	}
	for name, err := range failing {
		names = append(names, name)
		a.log.InfoContext(ctx, "not ready", "check", name, "err", err)
	}
	if len(names) == 0 {
		return c.JSON(readiness{Status: "ok"})
	}
	slices.Sort(names)
	c.Set(fiber.HeaderRetryAfter, "1")
	return c.Status(fiber.StatusServiceUnavailable).JSON(readiness{Status: "unavailable", Failing: names})
}

func failures(ctx context.Context, checks map[string]Check) map[string]error {
	var mu sync.Mutex
	failing := make(map[string]error)
	var wg sync.WaitGroup
	for name, check := range checks {
		wg.Go(func() {
			if err := check(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failing[name] = err
			}
		})
	}
	wg.Wait()
	return failing
}
