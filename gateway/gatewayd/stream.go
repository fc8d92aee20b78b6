package gatewayd

import (
	"bytes"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/tracing"
	"stockroom/pkg/web"
	"stockroom/pkg/wire"
)

// Limits of what is passed on piece by piece.
const (
	pieceTimeout = 15 * time.Second // for a client to send or take one
	pause        = time.Minute      // between two of a service; feeds send a comment now and then
	longest      = 15 * time.Minute // in all: no longer than a token is good for
)

// stream forwards a request whose body or answer is passed on as it comes.
func (s *Server) stream(x *exchange, r route) error {
	conn, ok := x.Conn().(*wire.Conn)
	if !ok || !x.Request.Header.IsHTTP11() {
		return web.ErrMalformedRequest.Because("This is only answered in HTTP/1.1.")
	}
	x.SetConnectionClose() // nobody knows how much of it the client will have read
	ctx, span := tracing.Start(x.ctx, "forward", trace.SpanKindClient)
	defer span.End()
	f := s.flows.begin(ctx, r, conn)
	req, err := x.streamed(f, r)
	if err != nil {
		f.end()
		return err
	}
	res, err := s.pools[r.service].Stream(req)
	if err != nil {
		f.end()
		if f.unread != nil { // the client's fault
			wire.HangUp(x.RequestCtx)
			return wire.Unreadable(conn, f.unread)
		}
		return failure(err)
	}
	if span.IsRecording() {
		describe(span, r.service, res.StatusCode, nil)
	}
	if r.streams == upload {
		f.stopReading()
		wire.HangUp(x.RequestCtx) // it may still be sending
	}
	f.answer = res.Body
	x.takeStreamed(res, f)
	x.cache(r)
	return nil
}

// streamed returns the request that the service gets to see.
func (x *exchange) streamed(f *flow, r route) (*http.Request, error) {
	target, err := url.ParseRequestURI(string(x.target.Raw))
	if err != nil {
		return nil, web.ErrMalformedRequest
	}
	target.Scheme = "http"
	out := &http.Request{
		Method: x.method(), URL: target, Host: r.service, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	fields, err := x.show()
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		out.Header.Add(string(f.Name), string(f.Value))
	}
	tracing.Inject(f.ctx, out.Header.Set)
	if r.streams == upload {
		out.Body, out.ContentLength = f, int64(x.Request.Header.ContentLength())
		if f.body = x.RequestBodyStream(); f.body == nil {
			body := x.PostBody()
			f.body, out.ContentLength = bytes.NewReader(body), int64(len(body))
		}
		f.left = out.ContentLength
		if out.ContentLength == 0 {
			out.Body = http.NoBody
		}
	} else {
		f.watch()
	}
	return out.WithContext(f.ctx), nil
}

// takeStreamed makes the answer of a service ours.
func (x *exchange) takeStreamed(res *http.Response, f *flow) {
	x.SetStatusCode(res.StatusCode)
	for name, values := range res.Header {
		for _, value := range values {
			x.pass([]byte(name), []byte(value))
		}
	}
	if res.ContentLength == 0 || res.StatusCode == http.StatusNoContent || res.StatusCode == http.StatusNotModified {
		_ = answerOf{f}.Close() // there is nothing to read
		return
	}
	x.Response.ImmediateHeaderFlush = true
	x.Response.SetBodyStream(answerOf{f}, int(res.ContentLength))
}
