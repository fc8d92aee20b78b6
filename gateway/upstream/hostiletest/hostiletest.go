// Package hostiletest is a service that answers with whatever may hurt who asks.
package hostiletest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Service answers a request with what its query says, as in ?answer=NotHTTP, or
// else with what it has for the path.
type Service struct {
	Addr   string
	good   map[string]string
	reused atomic.Int64
}

// New starts a service that has good for some paths.
func New(t *testing.T, good map[string]string) *Service {
	t.Helper()

	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &Service{Addr: ln.Addr().String(), good: good}
	var (
		serving sync.WaitGroup
		mu      sync.Mutex
		conns   []net.Conn
	)
	serving.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			serving.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		serving.Wait()
	})
	return s
}

// Reused returns how many requests came over a connection on which there had
// been an answer that nobody should have trusted.
func (s *Service) Reused() int64 { return s.reused.Load() }

func (s *Service) serve(c net.Conn) {
	defer c.Close() //nolint:errcheck // who is hostile says no goodbye
	r := bufio.NewReader(c)
	for hostile := false; ; {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return
		}
		if hostile {
			s.reused.Add(1)
		}
		answer, ok := Answers[req.URL.Query().Get("answer")]
		if !ok {
			body := s.good[req.URL.Path]
			if _, err := fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body); err != nil {
				return
			}
			continue
		}
		hostile = true
		answer.write(c)
		if answer.closes {
			return
		}
	}
}

// write sends the answer, and what is endless of it until nobody listens.
func (a Answer) write(c net.Conn) {
	if _, err := io.WriteString(c, a.bytes); err != nil || a.endless == "" {
		return
	}
	for {
		if _, err := io.WriteString(c, a.endless); err != nil {
			return
		}
		if a.slow {
			time.Sleep(5 * time.Millisecond)
		}
	}
}
