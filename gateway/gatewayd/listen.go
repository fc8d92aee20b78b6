package gatewayd

import (
	"context"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/gateway/ingress"
)

const (
	maxBody          = 1 << 20
	readTimeout      = 10 * time.Second // for a whole request to arrive
	writeTimeout     = 15 * time.Second
	idleTimeout      = 75 * time.Second
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
		ReadBufferSize:               ingress.MaxHead,
		MaxRequestBodySize:           maxBody,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ingress.Listen(s.doors.Public)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	if err := server.ShutdownWithContext(late); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return <-failed
}

// within returns the deadline of ctx, or d from now if that is sooner.
func within(ctx context.Context, d time.Duration) time.Time {
	soon := time.Now().Add(d)
	if end, ok := ctx.Deadline(); ok && end.Before(soon) {
		return end
	}
	return soon
}
