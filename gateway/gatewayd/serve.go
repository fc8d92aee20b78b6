package gatewayd

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/tracing"
	"stockroom/pkg/web"
	"stockroom/pkg/wire"
)

// exchange is one request and its answer.
type exchange struct {
	*fasthttp.RequestCtx
	ctx      context.Context // of the request; that of fasthttp is used again
	observed telemetry.Request
	start    time.Time
	id       string
	target   wire.Target
	route    string     // the pattern
	client   netip.Addr // where it comes from
	limits   []limited
}

// serve answers one request.
func (s *Server) serve(ctx *fasthttp.RequestCtx) {
	x := begin(ctx)
	s.observe(x)
	s.conclude(x, s.handle(x))
}

func begin(ctx *fasthttp.RequestCtx) *exchange {
	id := web.UseRequestID(string(ctx.Request.Header.Peek(web.HeaderRequestID)))
	return &exchange{
		RequestCtx: ctx, ctx: telemetry.WithRequestID(context.Background(), id),
		start: time.Now(), id: id, route: "none",
	}
}

// observe begins what conclude ends.
func (s *Server) observe(x *exchange) {
	h := &x.Request.Header
	var parent, state string
	if p := h.PeekAll(tracing.Parent); len(p) == 1 { // of several none can be right
		parent, state = string(p[0]), string(h.Peek(tracing.State))
	}
	x.ctx, x.observed = s.requests.Begin(x.ctx, parent, state)
}

// handle does what a request asks for. A panic ends only its own request.
func (s *Server) handle(x *exchange) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	e, err := s.route(x)
	if err != nil && x.Response.ConnectionClose() {
		return err // unreadable, and its connection ends
	}
	x.client = s.proxies.Client(x.RemoteAddr(), x.Request.Header.PeekAll(web.HeaderForwardedFor))
	if err != nil {
		e.cost = ordinary // to look for what is not there
	}
	if err := s.limitAddress(x, e.cost); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	if len(x.Request.Header.ContentEncoding()) != 0 {
		return web.ErrMediaType.Because("Bodies are not taken compressed.")
	}
	if e.answer != nil {
		return e.answer(x.RequestCtx)
	}
	deadline := x.start.Add(e.within)
	if e.access == signed {
		if err := x.checkMedia(e.route); err != nil {
			return err
		}
		if err := s.admit(x, e.route, deadline); err != nil {
			return err
		}
	}
	if e.streams != whole {
		return s.stream(x, e.route)
	}
	return s.forward(x, e.route, deadline)
}

// route finds what the request is for, after making sure that there is only
// one way to read it.
func (s *Server) route(x *exchange) (endpoint, error) {
	header := &x.Request.Header
	target, err := wire.Check(header)
	if err != nil {
		wire.HangUp(x.RequestCtx)
		return endpoint{}, err
	}
	x.target = target
	r := s.table.find(target.Path)
	if r == nil {
		return endpoint{}, web.ErrRouteNotFound
	}
	x.route = r.pattern
	e, ok := r.endpoints[string(header.Method())]
	if !ok && isPreflight(header) && !s.cors.closed() {
		return preflight(r), nil
	}
	if !ok {
		x.Response.Header.Set(fasthttp.HeaderAllow, r.allow)
		return endpoint{}, web.ErrMethodNotAllowed
	}
	return e, nil
}

// conclude puts onto every answer what every answer has, and logs it.
func (s *Server) conclude(x *exchange, err error) {
	if err != nil {
		x.problem(err)
	}
	if s.stopping.Load() {
		x.SetConnectionClose()
	}
	h := &x.Response.Header
	s.cors.allow(x)
	x.tellLimits()
	if s.certificate != nil {
		h.Set(fasthttp.HeaderStrictTransportSecurity, hsts)
	}
	for _, kv := range security {
		if len(h.Peek(kv[0])) == 0 {
			h.Set(kv[0], kv[1])
		}
	}
	took := time.Since(x.start)
	h.Set(web.HeaderRequestID, x.id)
	var buf [24]byte
	h.SetBytesV("X-Process-Time", append(strconv.AppendFloat(buf[:0], took.Seconds()*1000, 'f', 2, 64), "ms"...))

	level, status := slog.LevelInfo, x.Response.StatusCode()
	method := knownMethod(x.Method())
	x.observed.End(method, x.route, status)
	attrs := []slog.Attr{
		slog.String("method", method),
		slog.String("route", x.route),
		slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000),
	}
	if err != nil && status >= http.StatusInternalServerError {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("err", err))
	}
	s.log.LogAttrs(x.ctx, level, "request", attrs...)
}

// security is the headers that no answer goes without. Nothing of the API is
// meant to be shown as a page.
var security = [][2]string{
	{fasthttp.HeaderXContentTypeOptions, "nosniff"},
	{fasthttp.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'"},
	{fasthttp.HeaderReferrerPolicy, "no-referrer"},
	{fasthttp.HeaderXFrameOptions, "DENY"},
	{headerResourcePolicy, "same-origin"},
}

// hsts makes browsers speak nothing but TLS to this host for two years.
const hsts = "max-age=63072000"

// knownMethod returns the method, which whoever sends it may make up.
func knownMethod(method []byte) string {
	for _, known := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"} {
		if string(method) == known {
			return known
		}
	}
	return "other"
}
