package gatewayd

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/valyala/fasthttp"

	"stockroom/pkg/web"
	"stockroom/pkg/wire"
)

// expect decides, before the client sends the body, whether it may. What is
// refused is answered here: the library only sends what is set.
func (s *Server) expect(ctx *fasthttp.RequestCtx) int {
	x := s.begin(ctx)
	e, err := s.route(x)
	if err == nil && e.streams != upload && ctx.Request.Header.ContentLength() > maxBody {
		err = web.ErrBodyTooLarge
	}
	if err == nil {
		return fasthttp.StatusContinue
	}
	wire.HangUp(ctx) // the body may be on its way
	s.observe(x)
	s.conclude(x, err)
	return ctx.Response.StatusCode()
}

// unreadable answers a request that fasthttp could not take in. Of its head
// there is something left only if the body was announced too large.
func (s *Server) unreadable(ctx *fasthttp.RequestCtx, cause error) {
	x := s.begin(ctx)
	s.observe(x)
	wire.HangUp(ctx)
	var err error = wire.Unreadable(ctx.Conn(), cause)
	if errors.Is(err, wire.ErrBodyTooLarge) && len(ctx.Request.Header.RawHeaders()) > 0 {
		if _, wrong := s.route(x); wrong != nil {
			err = wrong
		}
	}
	s.conclude(x, err)
}

// problem answers with what a client may know of err.
func (s *Server) problem(x *exchange, err error) {
	allow := bytes.Clone(x.Response.Header.Peek(fasthttp.HeaderAllow))
	closing := x.Response.ConnectionClose()
	x.Response.Reset()
	s.head.CopyTo(&x.Response.Header)
	p := web.NewProblem(err, string(x.target.Path), x.id)
	h := &x.Response.Header
	for name, value := range map[string]string{
		fasthttp.HeaderAllow:           string(allow),
		fasthttp.HeaderWWWAuthenticate: web.Challenge(err),
		fasthttp.HeaderRetryAfter:      web.RetryAfter(err),
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
	h.SetContentType(web.ProblemContentType)
	h.Set(fasthttp.HeaderCacheControl, "no-store")
	x.SetStatusCode(p.Status)
	body, _ := json.Marshal(p) // strings and numbers always encode
	x.Response.SetBodyRaw(body)
	if closing {
		x.SetConnectionClose()
	}
}
