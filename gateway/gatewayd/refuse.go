package gatewayd

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"

	"github.com/valyala/fasthttp"

	"stockroom/gateway/ingress"
	"stockroom/pkg/web"
)

// expect decides, before the client sends the body, whether it may. What is
// refused is answered here: the library only sends what is set.
func (s *Server) expect(ctx *fasthttp.RequestCtx) int {
	x := begin(ctx)
	_, err := s.route(x)
	if err == nil && ctx.Request.Header.ContentLength() > maxBody {
		err = web.ErrBodyTooLarge
	}
	if err == nil {
		return fasthttp.StatusContinue
	}
	s.observe(x)
	s.conclude(x, err)
	return ctx.Response.StatusCode()
}

// unreadable answers a request that fasthttp could not take in. Of its head
// there is something left only if the body was announced too large.
func (s *Server) unreadable(ctx *fasthttp.RequestCtx, cause error) {
	x := begin(ctx)
	s.observe(x)
	x.hangUp()
	var (
		timeout  net.Error
		tooSmall *fasthttp.ErrSmallBuffer
		err      error = web.ErrMalformedRequest
	)
	switch {
	case errors.Is(cause, fasthttp.ErrBodyTooLarge):
		err = web.ErrBodyTooLarge
		if len(ctx.Request.Header.RawHeaders()) > 0 {
			if _, wrong := s.route(x); wrong != nil {
				err = wrong
			}
		}
	case errors.As(cause, &tooSmall) && x.lineTooLong():
		err = ingress.ErrURITooLong
	case errors.As(cause, &tooSmall):
		err = web.ErrHeadersTooLarge
	case errors.As(cause, &timeout) && timeout.Timeout():
		err = web.ErrRequestTimeout
	}
	s.conclude(x, err)
}

// hangUp closes the connection after the answer: where its next request would
// begin is anybody's guess.
func (x *exchange) hangUp() {
	x.SetConnectionClose()
	if c, ok := x.Conn().(*ingress.Conn); ok {
		c.Linger()
	}
}

func (x *exchange) lineTooLong() bool {
	c, ok := x.Conn().(*ingress.Conn)
	return ok && c.LineTooLong()
}

// problem answers with what a client may know of err.
func (x *exchange) problem(err error) {
	allow := bytes.Clone(x.Response.Header.Peek(fasthttp.HeaderAllow))
	closing := x.Response.ConnectionClose()
	x.Response.Reset()
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
