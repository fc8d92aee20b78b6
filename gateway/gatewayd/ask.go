package gatewayd

import (
	"context"

	"github.com/valyala/fasthttp"
	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/tracing"
	"stockroom/pkg/web"
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

// shown passes those headers to add that a service gets to see.
func (x *exchange) shown(add func(name, value []byte)) error {
	var seen uint
	for name, value := range x.Request.Header.All() {
		n, ok := forwarded(name)
		if !ok {
			continue
		}
		if seen&(1<<n) != 0 {
			return web.ErrMalformedRequest.Because("The header %s is sent more than once.", name)
		}
		seen |= 1 << n
		if len(value) > 0 {
			add(name, value)
		}
	}
	var buf [maxRequestID]byte
	add(nameRequestID, append(buf[:0], x.id...))
	if x.client.IsValid() {
		add(nameForwardedFor, x.client.AppendTo(buf[:0]))
	}
	return nil
}

// method returns what the service is asked with. The headers of the answer to a
// HEAD tell of the body, which is then left out.
func (x *exchange) method() []byte {
	if x.IsHead() {
		return []byte(fasthttp.MethodGet)
	}
	return x.Method()
}

// ask makes what the service gets to see of the request.
func (x *exchange) ask(ctx context.Context, service string) error {
	b := append(x.asked.Head[:0], x.method()...)
	b = append(append(append(b, ' '), x.target.Raw...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, service...), "\r\n"...)
	line := func(name, value []byte) {
		b = append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
	}
	err := x.shown(line)
	if trace.SpanContextFromContext(ctx).IsValid() {
		tracing.Inject(ctx, func(name, value string) { line([]byte(name), []byte(value)) })
	}
	x.asked.Head, x.asked.Body = b, nil
	if !x.IsGet() && !x.IsHead() {
		x.asked.Body = x.PostBody()
	}
	return err
}
