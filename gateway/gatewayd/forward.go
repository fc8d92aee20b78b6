package gatewayd

import (
	"bytes"
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
	"stockroom/pkg/token"
	"stockroom/pkg/tracing"
	"stockroom/pkg/web"
)

// The ways in which a service can fail a request.
var (
	errBadGateway = errs.New(errs.Unavailable, "bad_gateway", "A service gave no usable answer")
	errOverloaded = errs.New(errs.Unavailable, "overloaded", "Too many requests at once")
)

// forwarded gives those headers of a request a number that a service gets to
// see, each at most once. Everything else stays here: what a service does not
// know cannot mislead it.
func forwarded(name []byte) (n int, ok bool) {
	switch string(name) {
	case fasthttp.HeaderAuthorization:
		return 0, true
	case fasthttp.HeaderContentType:
		return 1, true
	case fasthttp.HeaderAccept:
		return 2, true
	case fasthttp.HeaderAcceptLanguage:
		return 3, true
	case fasthttp.HeaderUserAgent:
		return 4, true
	case fasthttp.HeaderIfMatch:
		return 5, true
	case fasthttp.HeaderIfNoneMatch:
		return 6, true
	case "Idempotency-Key":
		return 7, true
	case "Catalog-Min-Seq":
		return 8, true
	}
	return 0, false
}

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
	auth := x.auth[:0]
	for _, value := range x.Request.Header.PeekAll(fasthttp.HeaderAuthorization) {
		auth = append(auth, string(value))
	}
	changes := !x.IsGet() && !x.IsHead()
	ctx, err := s.gate.Admit(x.ctx, auth, web.SignedIn, changes, func(string) string { return "" })
	if err != nil {
		return err
	}
	caller, _ := token.CallerOf(ctx)
	return s.limitAccount(x, caller.Account, r.cost)
}

// forward sends the request to its service, as a new one, and answers with
// what comes back.
func (s *Server) forward(x *exchange, r route, deadline time.Time) error {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)

	if err := x.fill(req, r.service); err != nil {
		return err
	}
	if x.client.IsValid() {
		var buf [40]byte
		req.Header.SetCanonical(nameForwardedFor, x.client.AppendTo(buf[:0]))
	}
	ctx, span := tracing.Start(x.ctx, "forward", trace.SpanKindClient)
	defer span.End()
	if trace.SpanContextFromContext(ctx).IsValid() {
		tracing.Inject(ctx, req.Header.Set)
	}
	err := s.pools[r.service].Do(req, resp, r.priority, deadline)
	if span.IsRecording() {
		describe(span, r.service, resp.StatusCode(), err)
	}
	if err != nil {
		return failure(err)
	}
	s.owe(x, upstream.Held(resp))
	x.take(resp)
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

// fill makes req what the service gets to see of the request.
func (x *exchange) fill(req *fasthttp.Request, service string) error {
	in, out := &x.Request.Header, &req.Header
	out.SetMethodBytes(in.Method())
	if in.IsHead() {
		out.SetMethod(fasthttp.MethodGet) // its headers tell of the body, which is then left out
	}
	out.SetHost(service)
	out.SetRequestURIBytes(x.target.Raw)
	var seen uint
	for name, value := range in.All() {
		n, ok := forwarded(name)
		if !ok {
			continue
		}
		if seen&(1<<n) != 0 {
			return web.ErrMalformedRequest.Because("The header %s is sent more than once.", name)
		}
		seen |= 1 << n
		if len(value) > 0 {
			out.SetCanonical(name, value)
		}
	}
	var buf [maxRequestID]byte
	out.SetCanonical(nameRequestID, append(buf[:0], x.id...))
	if !in.IsGet() && !in.IsHead() && !x.Request.IsBodyStream() {
		req.SetBodyRaw(x.PostBody())
	}
	return nil
}

// isHop reports whether a header of an answer is about the connection that it
// came over, or one that the gateway sets itself.
func isHop(name []byte) bool {
	switch string(name) {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Transfer-Encoding",
		"Trailer", "Te", "Upgrade", "Content-Length", "Server", "Date",
		"X-Request-Id", "X-Process-Time":
		return true
	}
	return false
}

// take makes the answer of a service ours.
func (x *exchange) take(resp *fasthttp.Response) {
	named := resp.Header.PeekCanonical(nameConnection)
	x.SetStatusCode(resp.StatusCode())
	for name, value := range resp.Header.All() {
		if isHop(name) || isNamed(named, name) {
			continue
		}
		x.Response.Header.AddBytesKV(name, value)
	}
	// The body moves, and the buffers change places. The pool that they return to
	// takes the length for what a buffer is good for.
	spare := x.Response.SwapBody(nil)
	x.Response.SwapBody(resp.SwapBody(spare[:cap(spare)]))
}

// isNamed reports whether name is one of those in a Connection header, and so
// not meant for anybody further on.
func isNamed(connection, name []byte) bool {
	if len(connection) == 0 {
		return false
	}
	for option := range bytes.SplitSeq(connection, []byte(",")) {
		if bytes.EqualFold(bytes.TrimSpace(option), name) {
			return true
		}
	}
	return false
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
