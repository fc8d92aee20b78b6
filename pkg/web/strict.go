package web

import (
	"context"
	"log/slog"

	"github.com/valyala/fasthttp"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/wire"
)

// strict refuses what two programs could read differently before Fiber sees it.
// The gateway does the same, but need not be the only one to reach a service.
func (a *API) strict(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if _, err := wire.Check(&ctx.Request.Header); err != nil {
			a.refuse(ctx, err)
			return
		}
		next(ctx)
	}
}

// expect decides, before the client sends the body, whether it may.
func (a *API) expect(ctx *fasthttp.RequestCtx) int {
	_, err := wire.Check(&ctx.Request.Header)
	if err == nil && ctx.Request.Header.ContentLength() > a.cfg.BodyLimit {
		err = ErrBodyTooLarge
	}
	if err == nil {
		return fasthttp.StatusContinue
	}
	a.refuse(ctx, err)
	return ctx.Response.StatusCode()
}

// unreadable answers requests that never became one.
func (a *API) unreadable(ctx *fasthttp.RequestCtx, cause error) {
	a.refuse(ctx, wire.Unreadable(ctx.Conn(), cause))
}

// refuse repeats nothing of what was sent, and the connection is closed.
func (a *API) refuse(ctx *fasthttp.RequestCtx, err error) {
	wire.HangUp(ctx)
	c := a.app.AcquireCtx(ctx)
	defer a.app.ReleaseCtx(c)
	id := UseRequestID("")
	c.Set(HeaderRequestID, id)
	writeProblem(c, NewProblem(err, "", id), failure(err))
	a.log.LogAttrs(telemetry.WithRequestID(context.Background(), id), slog.LevelDebug, "unreadable request",
		slog.Int("status", StatusOf(err)))
}
