package gatewayd_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	smuggleSeed = flag.Uint64("smuggle.seed", 1, "of what is sent; 0: another one each time")
	smuggleFor  = flag.Duration("smuggle.for", 3*time.Second, "how long it is sent")
)

// Whatever is sent, the gateway and what stands behind it agree about where each
// request begins and ends, and no answer goes to anybody but who has asked.
//
// There are three opinions: that of the gateway, that of a service, and that of
// net/http about the bytes that were sent. What the gateway takes must be the
// same to all of them; what it refuses, it must not have passed on.
func TestNothingIsSmuggled(t *testing.T) {
	t.Parallel()

	service := &witness{open: map[string]string{}}
	s := &system{instead: service.answer}
	s.begin(t)
	service.forget()
	seed := *smuggleSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	ctx, cancel := context.WithTimeout(t.Context(), *smuggleFor)
	defer cancel()
	var (
		number         atomic.Uint64
		taken, refused atomic.Int64
		workers        sync.WaitGroup
	)
	bearer := s.bearer(t).Get("Authorization")
	for range 4 {
		workers.Go(func() {
			for ctx.Err() == nil && !t.Failed() {
				n := number.Add(1)
				m := mutator{rand.New(rand.NewPCG(seed, n)), bearer} //nolint:gosec // it has to be predictable
				sent := m.conversation(fmt.Sprint(n))
				answers, err := m.talk(s.addr, sent, service)
				if err != nil {
					t.Errorf("seed %d, conversation %d: %v\n%q", seed, n, err, strings.TrimRight(sent, "\x00\r\n"))
					return
				}
				for _, status := range answers {
					if status >= http.StatusBadRequest {
						refused.Add(1)
					} else {
						taken.Add(1)
					}
				}
			}
		})
	}
	workers.Wait()
	t.Logf("seed %d: %d connections, %d requests taken, %d refused", seed, number.Load(), taken.Load(), refused.Load())
	require.Empty(t, service.open, "requests that reached the service, and whose answers reached nobody")
	require.NotZero(t, taken.Load())
	require.NotZero(t, refused.Load())
}

// talk sends a conversation and returns the statuses of the answers, or what is
// wrong with them.
func (m mutator) talk(addr, sent string, service *witness) (statuses []int, err error) {
	c, err := (&net.Dialer{Timeout: soon}).Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // nothing depends on a clean goodbye
	if err := c.SetDeadline(time.Now().Add(3 * soon)); err != nil {
		return nil, err
	}
	for rest := sent; rest != ""; {
		n := min(1+m.IntN(200), len(rest))
		if _, err := io.WriteString(c, rest[:n]); err != nil {
			break // it was refused already
		}
		rest = rest[n:]
	}
	_ = c.(*net.TCPConn).CloseWrite() // if it is still open

	expected := understood(sent)
	r := bufio.NewReader(c)
	for closed := false; ; {
		if closed {
			return statuses, ended(r)
		}
		if _, err := r.Peek(1); err != nil {
			if len(statuses) < len(expected) {
				return nil, fmt.Errorf("%d answers for %d requests: %w", len(statuses), len(expected), err)
			}
			return statuses, nil
		}
		if len(statuses) == len(expected) {
			status, err := lastAnswer(r)
			return append(statuses, status), err
		}
		want := expected[len(statuses)]
		res, err := http.ReadResponse(r, &http.Request{Method: want.method})
		if err != nil {
			return nil, fmt.Errorf("answer %d: %w", len(statuses), err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return nil, fmt.Errorf("answer %d: %w", len(statuses), err)
		}
		if res.StatusCode == http.StatusContinue {
			continue
		}
		closed = res.Close
		if err := service.compare(res, string(body), want); err != nil {
			return nil, fmt.Errorf("answer %d: %w", len(statuses), err)
		}
		statuses = append(statuses, res.StatusCode)
	}
}

// ended requires that no other answer comes. The rest of one may: whoever cannot
// read a head does not know that its method is HEAD.
func ended(r *bufio.Reader) error {
	rest, err := io.ReadAll(r)
	if errors.Is(err, syscall.ECONNRESET) {
		err = nil // somebody went on after having asked for the end
	}
	if err == nil && bytes.Contains(rest, []byte("HTTP/1.")) {
		err = fmt.Errorf("after the last answer comes %q", rest)
	}
	return err
}

// lastAnswer returns the status of the answer to what nobody can read: a refusal,
// after which nothing comes.
func lastAnswer(r *bufio.Reader) (int, error) {
	all, err := io.ReadAll(r)
	if err != nil {
		return 0, fmt.Errorf("after a refusal: %w", err)
	}
	all = bytes.TrimPrefix(all, []byte("HTTP/1.1 100 Continue\r\n\r\n"))
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(all)), &http.Request{Method: http.MethodHead}) // it may be one
	if err != nil {
		return 0, fmt.Errorf("refusal: %w", err)
	}
	_ = res.Body.Close() // there is none
	if res.StatusCode < http.StatusBadRequest || !res.Close || bytes.Count(all, []byte("HTTP/1.1 ")) != 1 {
		return 0, fmt.Errorf("what nobody can read is answered %q", all)
	}
	return res.StatusCode, nil
}

// understanding is a request as somebody read it.
type understanding struct{ method, target, key, body string }

// understood is how net/http reads what is sent over one connection.
func understood(sent string) (all []understanding) {
	for r := bufio.NewReader(strings.NewReader(sent)); ; {
		for b, err := r.Peek(1); err == nil && (b[0] == '\r' || b[0] == '\n'); b, err = r.Peek(1) {
			_, _ = r.Discard(1) // blank lines before a request mean nothing (RFC 9112, 2.2)
		}
		req, err := http.ReadRequest(r)
		if err != nil {
			return all
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return all
		}
		target := req.RequestURI
		if i := strings.Index(target, "://"); i >= 0 && !strings.HasPrefix(target, "/") {
			target = target[i+3+strings.IndexByte(target[i+3:], '/'):]
		}
		if path, query, _ := strings.Cut(target, "?"); query == "" {
			target = path // an empty query means the same
		}
		all = append(all, understanding{req.Method, target, req.Header.Get("Idempotency-Key"), string(body)})
	}
}
