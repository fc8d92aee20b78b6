package gatewayd

import (
	"errors"
	"mime"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"stockroom/gateway/upstream"
	"stockroom/pkg/errs"
	"stockroom/pkg/tracing"
	"stockroom/pkg/web"
)

// The ways in which a service can fail a request.
var (
	errBadGateway = errs.New(errs.Unavailable, "bad_gateway", "A service gave no usable answer")
	errOverloaded = errs.New(errs.Unavailable, "overloaded", "Too many requests at once")
)

// checkMedia refuses a body that is no JSON, which all routes that need a token
// take, before the token is looked at: the service would only come to it later.
// A patch may also be called a merge patch (RFC 7396).
func (x *exchange) checkMedia(r route) error {
	if r.streams == upload {
		return nil // what a file is its service knows
	}
	patch := string(x.Method()) == fasthttp.MethodPatch
	if takesBody := x.IsPut() || x.IsPost() || patch; !takesBody || len(x.PostBody()) == 0 {
		return nil
	}
	media, params, err := mime.ParseMediaType(string(x.Request.Header.ContentType()))
	charset, ok := params["charset"]
	known := media == "application/json" || patch && media == "application/merge-patch+json"
	if err != nil || !known || (ok && !strings.EqualFold(charset, "utf-8")) {
		if patch {
			return web.ErrMediaType.Because("The body must be application/merge-patch+json or application/json.")
		}
		return web.ErrMediaType.Because("The body must be application/json.")
	}
	return nil
}

// admit makes sure that the request carries a good token, of an account that has
// not sent too many.
func (s *Server) admit(x *exchange, r route) error {
	shown := x.Request.Header.PeekAll(fasthttp.HeaderAuthorization)
	caller, err := s.verifier.Identify(x.ctx, shown, !x.IsGet() && !x.IsHead())
	if err != nil {
		return err
	}
	return s.limitAccount(x, caller.Account, r.cost)
}

// forward sends the request to its service, as a new one, and answers with
// what comes back.
func (s *Server) forward(x *exchange, r route, deadline time.Time) error {
	ctx, span := tracing.Start(x.ctx, "forward", trace.SpanKindClient)
	defer span.End()
	if err := x.ask(ctx, r.service); err != nil {
		return err
	}
	err := s.pools[r.service].Do(&x.asked, &x.answer, r.priority, deadline)
	if x.answer.Body != nil {
		x.Response.SwapBody(x.answer.Body)
	}
	if span.IsRecording() {
		describe(span, r.service, x.answer.Status, err)
	}
	if err != nil {
		return failure(err)
	}
	s.owe(x, x.answer.Held)
	x.answer.Held = 0
	x.take(&x.answer)
	x.compress(r)
	x.cache(r)
	return nil
}

// describe says in span what became of a request to a service.
func describe(span trace.Span, service string, status int, err error) {
	span.SetName("forward to " + service)
	span.SetAttributes(attribute.String("peer.service", service))
	if err != nil {
		span.SetStatus(codes.Error, "no answer")
		return
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status))
}

// take makes the head of a service's answer ours.
func (x *exchange) take(a *upstream.Answer) {
	x.SetStatusCode(a.Status)
	for _, f := range a.Fields {
		x.pass(f.Name, f.Value)
	}
}

// pass puts a header of a service's answer onto ours, unless the gateway sets it
// itself. What every answer has is as the service says.
func (x *exchange) pass(name, value []byte) {
	switch h := &x.Response.Header; {
	case ours.Has(name):
	case everywhere.Has(name):
		h.SetBytesKV(name, value)
	default:
		h.AddBytesKV(name, value)
	}
}

// cache puts onto an answer what is said of keeping it, if its service has not.
func (x *exchange) cache(r route) {
	if len(x.Response.Header.PeekCanonical(nameCacheControl)) == 0 {
		x.Response.Header.Set(fasthttp.HeaderCacheControl, caching(r))
	}
}

// caching is what an answer says about being kept when its service does not.
func caching(r route) string {
	if r.access == signed || r.service != catalog {
		return "no-store"
	}
	return "no-cache"
}

// failure returns what a client is told when no answer came.
func failure(err error) error {
	switch {
	case errors.Is(err, upstream.ErrTimeout):
		return because(web.ErrTimeout, err)
	case errors.Is(err, upstream.ErrBusy):
		return because(errOverloaded, err)
	case errors.Is(err, upstream.ErrAway):
		return because(web.ErrUnavailable, err)
	}
	return because(errBadGateway, err)
}

// because keeps the cause for the log, below what a client may know.
func because(shown *errs.Error, cause error) error { return errors.Join(shown, cause) }
