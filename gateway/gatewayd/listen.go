package gatewayd

import (
	"context"
	"crypto/tls"
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
	readTimeout      = 10 * time.Second // for a whole request to arrive
	writeTimeout     = 15 * time.Second
	idleTimeout      = 75 * time.Second
	farewell         = 300 * time.Millisecond
	documentDeadline = 2 * time.Second
)

func (s *Server) servePublic(ctx context.Context) error {
	server := &fasthttp.Server{
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
	}
	s.settle(ctx)
	public := s.doors.Public
	if s.certificate != nil {
		public = tls.NewListener(public, s.certificate.Config())
	}
	ln := wire.Listen(public)
	done := make(chan error, 1)
	go func() { done <- server.Serve(ln) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	return sayGoodbye(late, server, ln, done)
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
	if err := errors.Join(ln.Close(), <-done); err != nil {
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
