package gatewayd

import (
	"context"
	"fmt"

	"github.com/valyala/fasthttp"
	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/tracing"
	"stockroom/pkg/web"
	"stockroom/pkg/wire"
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

// show returns the headers that a service gets to see.
func (x *exchange) show() ([]wire.Field, error) {
	var seen uint
	x.shown = x.shown[:0]
	for name, value := range x.Request.Header.All() {
		n, ok := forwarded(name)
		if !ok {
			continue
		}
		if seen&(1<<n) != 0 {
			return nil, web.ErrMalformedRequest.Because("The header %s is sent more than once.", name)
		}
		seen |= 1 << n
		if len(value) > 0 {
			x.shown = append(x.shown, wire.Field{Name: name, Value: value})
		}
	}
	id := append(x.made[:0], x.id...)
	x.shown = append(x.shown, wire.Field{Name: nameRequestID, Value: id})
	if x.client.IsValid() {
		x.shown = append(x.shown, wire.Field{Name: nameForwardedFor, Value: x.client.AppendTo(id[len(id):])})
	}
	return x.shown, nil
}

// method returns what the service is asked with. The headers of the answer to a
// HEAD tell of the body, which is then left out.
func (x *exchange) method() string {
	if x.IsHead() {
		return fasthttp.MethodGet
	}
	return knownMethod(x.Method())
}

// ask makes what the service gets to see of the request.
func (x *exchange) ask(ctx context.Context, service string) error {
	fields, err := x.show()
	if err != nil {
		return err
	}
	b := append(x.asked.Head[:0], x.method()...)
	b = append(append(append(b, ' '), x.target.Raw...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, service...), "\r\n"...)
	for _, f := range fields {
		b = append(append(append(append(b, f.Name...), ": "...), f.Value...), "\r\n"...)
	}
	if trace.SpanContextFromContext(ctx).IsValid() {
		b = appendTrace(ctx, b)
	}
	x.asked.Head = b
	if !x.IsGet() && !x.IsHead() {
		x.asked.Body = x.PostBody()
	}
	return nil
}

func appendTrace(ctx context.Context, b []byte) []byte {
	tracing.Inject(ctx, func(name, value string) { b = fmt.Appendf(b, "%s: %s\r\n", name, value) })
	return b
}
