package gatewayd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/pkg/wire"
)

const (
	maxBody          = 1 << 20
	firstTimeout     = 10 * time.Second // for a new connection to send something
	headTimeout      = 5 * time.Second  // for the rest of a head
	readTimeout      = 10 * time.Second // for a body to arrive after its head
	writeTimeout     = 15 * time.Second // for an answer to be taken
	idleTimeout      = 75 * time.Second
	farewell         = 300 * time.Millisecond
	documentDeadline = 2 * time.Second
)

func (s *Server) servePublic(ctx context.Context) error {
	s.settle(ctx)
	ln := s.public
	server, streaming := s.server(ln), s.server(ln)
	streaming.StreamRequestBody = true // with room for the first byte
	streaming.MaxRequestBodySize = 1
	streaming.DisableKeepalive = true
	done := make(chan error, 2)
	go func() { done <- server.Serve(ln) }()
	go func() { done <- streaming.Serve(ln.Streams()) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", errors.Join(err, ln.Close(), <-done))
	case <-ctx.Done():
	}
	s.flows.endFeeds()
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	return errors.Join(sayGoodbye(late, server, ln, done), streaming.ShutdownWithContext(late))
}

// server returns what answers requests that come over connections of ln.
func (s *Server) server(ln *wire.Listener) *fasthttp.Server {
	return &fasthttp.Server{
		Handler:                      s.serve,
		ErrorHandler:                 s.unreadable,
		ExpectHandler:                s.expect,
		Logger:                       log.New(io.Discard, "", 0), // it would repeat bytes of requests
		SecureErrorLogMessage:        true,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		DisablePreParseMultipartForm: true,
		CloseOnShutdown:              true,
		ReadBufferSize:               wire.MaxHead,
		MaxRequestBodySize:           maxBody,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		LazyRequestTime:              true, // nobody asks for it
		ReduceMemoryUsage:            true, // no buffers for whoever has sent no head yet
		ConnState:                    ln.State,
	}
}

// settle returns when the gateway knows what it needs, or it becomes clear that
// it will not. Until then the system keeps whoever connects waiting: balancers
// may send requests to a new server before they have asked it for readiness.
func (s *Server) settle(ctx context.Context) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for _, check := range s.starting {
		for check(ctx) != nil {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}
}

// sayGoodbye lets nobody in any more and finishes what is under way. Clients
// that keep a connection open may send one more request, whose answer tells
// them to close; to hang up on them could lose it.
func sayGoodbye(ctx context.Context, server *fasthttp.Server, ln *wire.Listener, done <-chan error) error {
	if err := errors.Join(ln.Close(), <-done, <-done); err != nil {
		return fmt.Errorf("stop listening: %w", err)
	}
	ln.CloseUnused()
	waiting, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	// The server counts its listening as a connection, also when that is over.
	for server.GetOpenConnectionsCount()+1 > 0 && waiting.Err() == nil {
		<-tick.C
	}
	if err := server.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// within returns the deadline of ctx, or d from now if that is sooner.
func within(ctx context.Context, d time.Duration) time.Time {
	soon := time.Now().Add(d)
	if end, ok := ctx.Deadline(); ok && end.Before(soon) {
		return end
	}
	return soon
}
