package tracing

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Transport returns base, with the trace of each request passed on. Of the
// request its span has the method and the host alone: paths and queries hold
// ids and what people search for.
func Transport(base http.RoundTripper) http.RoundTripper { return transport{base} }

type transport struct{ base http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !trace.SpanContextFromContext(req.Context()).IsValid() {
		return t.base.RoundTrip(req)
	}
	ctx, span := Start(req.Context(), "call", trace.SpanKindClient)
	defer span.End()
	if span.IsRecording() {
		span.SetName("call " + req.URL.Hostname())
	}

	req = req.Clone(ctx) // a RoundTripper leaves the caller's request as it is
	Inject(ctx, req.Header.Set)
	res, err := t.base.RoundTrip(req)
	if !span.IsRecording() {
		return res, err
	}
	span.SetAttributes(attribute.String("http.request.method", req.Method), attribute.String("server.address", req.URL.Host))
	if err != nil {
		span.SetStatus(codes.Error, "no answer") // the cause may hold the address and what it was asked
		return res, err
	}
	span.SetAttributes(attribute.Int("http.response.status_code", res.StatusCode))
	if res.StatusCode >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	return res, err
}

// CloseIdleConnections closes those of base, as http.Client does with a
// transport that can.
func (t transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
