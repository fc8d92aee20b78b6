package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"stockroom/pkg/errs"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/tracing"
)

// observe surrounds every request: it has an id and a deadline, a panic ends
// only itself, a failure is answered as a problem, and what happened is logged
// once, without query, headers or bodies.
func (a *API) observe(c *fiber.Ctx) error {
	id := UseRequestID(c.Get(HeaderRequestID))
	c.Set(HeaderRequestID, id)
	ctx := telemetry.WithRequestID(c.UserContext(), id)
	ctx, request := a.requests.Begin(ctx, c.Get(tracing.Parent), c.Get(tracing.State))
	ctx, cancel := within(ctx, c, a.cfg.Deadline)
	defer cancel()
	c.SetUserContext(ctx)

	self := c.Route()
	if err := next(c); err != nil {
		a.fail(c, err)
	}
	route := c.Route()
	if route == self { // nothing else took the request
		route = &fiber.Route{Path: "none"}
	}
	took := request.End(c.Method(), route.Path, c.Response().StatusCode())
	level := slog.LevelInfo
	if a.internal {
		level = slog.LevelDebug // who probes readiness and follows a log asks all the time
	}
	request.Log(c.UserContext(), level, c.Method(), route.Path, c.Response().StatusCode(), took, nil)
	return nil
}

// next runs the rest of the chain and turns a panic into an error, which keeps
// the process, and with it everyone else's requests, alive.
func next(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Next()
}

func (a *API) fail(c *fiber.Ctx, err error) {
	if e, ok := errors.AsType[*fiber.Error](err); ok {
		err = ofFiber(e)
	}
	if StatusOf(err) >= http.StatusInternalServerError {
		a.log.LogAttrs(c.UserContext(), slog.LevelError, "request failed",
			slog.String("method", c.Method()),
			slog.String("route", c.Route().Path),
			slog.Any("err", err))
	}
	WriteProblem(c, err)
}

// ofFiber says in our words what Fiber found. Its own texts may repeat bytes of
// the request.
func ofFiber(e *fiber.Error) *errs.Error {
	switch e.Code {
	case fiber.StatusNotFound:
		return ErrRouteNotFound
	case fiber.StatusMethodNotAllowed:
		return ErrMethodNotAllowed
	}
	return ErrInternal
}

// knownMethod lets Fiber answer methods that it does not know like those that a
// route does not have, with 404 or 405 and Allow; by itself it would skip every
// handler. No operation can have the method TRACE.
func knownMethod(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if !slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			ctx.Request.Header.SetMethod(fiber.MethodTrace)
		}
		next(ctx)
	}
}
