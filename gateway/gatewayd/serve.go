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

	"stockroom/gateway/upstream"
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
	id       string
	target   wire.Target
	route    string     // the pattern
	client   netip.Addr // where it comes from
	limits   []limited
	limited  [2]limited // what limits begins with: there are no more
	asked    upstream.Request
	answer   upstream.Answer
	shown    []wire.Field
	made     [maxRequestID + maxAddress]byte // values of those
}

// clear forgets all but the room that it has taken.
func (x *exchange) clear() {
	x.answer.Clear()
	*x = exchange{asked: upstream.Request{Head: x.asked.Head[:0]}, answer: x.answer, shown: x.shown[:0]}
}

// serve answers one request.
func (s *Server) serve(ctx *fasthttp.RequestCtx) {
	x := s.begin(ctx)
	s.observe(x)
	s.conclude(x, s.handle(x))
	x.clear()
	s.exchanges.Put(x) // nothing keeps it: what is passed on later has its own
}

func (s *Server) begin(ctx *fasthttp.RequestCtx) *exchange {
	x, ok := s.exchanges.Get().(*exchange)
	if !ok {
		x = new(exchange)
		x.answer.Room = func() []byte { return x.Response.SwapBody(nil) } // of the library, which knows what to keep
	}
	id := web.UseRequestID(string(ctx.Request.Header.PeekCanonical(nameRequestID)))
	s.head.CopyTo(&ctx.Response.Header)
	x.RequestCtx, x.ctx = ctx, telemetry.WithRequestID(context.Background(), id)
	x.id, x.route = id, "none"
	x.limits = x.limited[:0]
	return x
}

// observe begins what conclude ends.
func (s *Server) observe(x *exchange) {
	h := &x.Request.Header
	var parent, state string
	if len(h.PeekCanonical(nameParent)) > 0 {
		if p := h.PeekAll(tracing.Parent); len(p) == 1 { // of several none can be right
			parent, state = string(p[0]), string(h.Peek(tracing.State))
		}
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
	x.client = s.proxies.Client(x.RemoteAddr(), x.forwarded())
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
	deadline := x.observed.Began().Add(e.within)
	if e.access == signed {
		if err := x.checkMedia(e.route); err != nil {
			return err
		}
		if err := s.admit(x, e.route); err != nil {
			return err
		}
	}
	if e.streams != whole {
		return s.stream(x, e.route)
	}
	return s.forward(x, e.route, deadline)
}

// forwarded returns what proxies have said of where the request comes from.
func (x *exchange) forwarded() [][]byte {
	if len(x.Request.Header.PeekCanonical(nameForwardedFor)) == 0 {
		return nil
	}
	return x.Request.Header.PeekAll(web.HeaderForwardedFor)
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
		s.problem(x, err)
	}
	if s.stopping.Load() {
		x.SetConnectionClose()
	}
	h := &x.Response.Header
	s.cors.allow(x)
	x.tellLimits()
	method, status := knownMethod(x.Method()), x.Response.StatusCode()
	took := x.observed.End(method, x.route, status)
	var buf [maxRequestID]byte
	h.SetCanonical(nameRequestID, append(buf[:0], x.id...))
	h.SetCanonical(nameProcessTime, appendMilliseconds(buf[:0], took))

	level := slog.LevelInfo
	if status < http.StatusInternalServerError {
		err = nil // it was the client's, who was told
	} else if err != nil {
		level = slog.LevelError
	}
	x.observed.Log(x.ctx, level, method, x.route, status, took, err)
}

// appendMilliseconds appends d as 12.34ms.
func appendMilliseconds(b []byte, d time.Duration) []byte {
	const part = 10 * time.Microsecond
	n := int64(d / part)
	b = append(strconv.AppendInt(b, n/100, 10), '.', byte('0'+n/10%10), byte('0'+n%10))
	return append(b, "ms"...)
}

// knownMethod returns the method, which whoever sends it may make up.
func knownMethod(method []byte) string {
	for _, known := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"} {
		if string(method) == known {
			return known
		}
	}
	return "other"
}
