package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/telemetry"
)

// API is one HTTP face of a service: its routes and the document about them.
// Register every operation before it serves.
type API struct {
	cfg      Config
	log      *slog.Logger
	requests *telemetry.Requests
	app      *fiber.App
	doc      *huma.OpenAPI
	internal bool // guarded by the internal token instead of a gate
	leaving  atomic.Bool

	mu         sync.Mutex
	operations []Operation
	rendered   []byte // the document as JSON, while it is up to date
}

// App returns the Fiber application below a, for [Serve], for tests, and for
// mounting what is not an operation.
func (a *API) App() *fiber.App { return a.app }

// Document returns the OpenAPI document of the operations registered so far.
func (a *API) Document() *huma.OpenAPI { return a.doc }

// Operations returns every registered operation.
func (a *API) Operations() []Operation {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.operations)
}

func (a *API) serveDocument(c *fiber.Ctx) error {
	body, err := a.render()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(body)
}

func (a *API) render() ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rendered != nil {
		return a.rendered, nil
	}
	body, err := json.Marshal(a.doc)
	if err != nil {
		return nil, fmt.Errorf("render document: %w", err)
	}
	a.rendered = body
	return body, nil
}

// register adds op to the routes, refusing what could never work as described.
func (a *API) register(op Operation, handler fiber.Handler) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, other := range a.operations {
		if other.ID == op.ID {
			panic(fmt.Sprintf("web: two operations are called %s", op.ID))
		}
		if other.Method == op.Method && covers(other.Path, op.Path) {
			panic(fmt.Sprintf("web: %s %s must be registered before %s, which hides it", op.Method, op.Path, other.Path))
		}
	}
	a.operations = append(a.operations, op)
	a.rendered = nil

	route := strings.NewReplacer("{", ":", "}", "").Replace(op.Path)
	a.app.Add(op.Method, route, handler)
	if op.Method == fiber.MethodGet {
		a.app.Add(fiber.MethodHead, route, handler)
	}
}

// covers reports whether a request for path would be taken by pattern.
func covers(pattern, path string) bool {
	p, q := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(p, q, func(a, b string) bool {
		return a == b || strings.HasPrefix(a, "{")
	})
}
