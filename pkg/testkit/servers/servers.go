// Package servers starts the PostgreSQL and Redis servers that tests talk to.
//
// A server comes from a Docker engine, if one answers and has the image or can
// pull it, else from programs installed on this machine. TEST_BACKEND=docker or
// TEST_BACKEND=local allows only one of the two.
//
// However the process that started it ends, a server ends with it and leaves
// nothing behind: it lives as long as its standard input stays open.
package servers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"time"
)

const startTimeout = time.Minute

// A Server is a running server. It ends when nothing refers to it any more.
type Server struct {
	URL string

	stop   func() error
	again  func() error
	freeze func() error
	thaw   func() error
	log    func() string
	done   <-chan struct{}
}

// Stop ends the server at once and removes its data.
func (s *Server) Stop() error { return s.stop() }

// Again starts a server again that was made to end by other means than Stop, if
// it is one that leaves its data where they are.
func (s *Server) Again() error { return s.again() }

// Freeze keeps the server from doing anything, with its connections open.
func (s *Server) Freeze() error { return s.freeze() }

// Thaw ends what Freeze began.
func (s *Server) Thaw() error { return s.thaw() }

// A program can be started from an image or from what is installed.
type program struct {
	name  string
	image string
	port  string // that the image listens on
	env   map[string]string
	args  []string // of the image
	local func() (command, error)
}

// start tries the backends in their order and says why each could not serve.
func start(ctx context.Context, p program, port int) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout+pullTimeout)
	defer cancel()

	var reasons []error
	if backend := os.Getenv("TEST_BACKEND"); backend != "local" {
		s, err := startContainer(ctx, p, port)
		if err == nil {
			return s, nil
		}
		reasons = append(reasons, fmt.Errorf("from docker: %w", err))
		if backend == "docker" {
			return nil, unavailable(p, reasons)
		}
	}
	cmd, err := p.local()
	if err == nil {
		s, err := startProcess(cmd)
		if err == nil {
			return s, nil
		}
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	return nil, unavailable(p, append(reasons, fmt.Errorf("from this machine: %w", err)))
}

func unavailable(p program, reasons []error) error {
	return fmt.Errorf("no %s for tests: run `make deps`, or start Docker, or set TEST_POSTGRES_URL and TEST_REDIS_URL\n%w",
		p.name, errors.Join(reasons...))
}

// await polls ping until it succeeds, the server ends or ctx does.
func await(ctx context.Context, s *Server, ping func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()

	for {
		err := ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("server ended: %s", s.log())
		case <-ctx.Done():
			return fmt.Errorf("server does not answer: %w: %s", err, s.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// taken are the ports that this process has been given.
var taken sync.Map

// FreePort returns a port of the loopback interface where nobody listens, and
// which nobody in this process has been given before: between a test's asking
// and its server's listening seconds may pass. It is outside the range that
// systems give to outgoing connections, so that a server can be stopped and get
// the same port again.
func FreePort() (int, error) {
	var cfg net.ListenConfig
	var err error
	for range 100 {
		port := 15000 + rand.IntN(15000)
		if _, given := taken.LoadOrStore(port, true); given {
			continue
		}
		var ln net.Listener
		ln, err = cfg.Listen(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, ln.Close()
		}
	}
	return 0, fmt.Errorf("find a free port: %w", err)
}
