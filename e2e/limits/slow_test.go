package limits

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// slowClient keeps a connection busy with as little as possible until ctx is done.
type slowClient func(ctx context.Context, c net.Conn) error

// drip sends head and then one byte after another.
func drip(head, bytes string) slowClient {
	return func(ctx context.Context, c net.Conn) error {
		if _, err := io.WriteString(c, head); err != nil {
			return err
		}
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if _, err := io.WriteString(c, bytes[i%len(bytes):][:1]); err != nil {
					return err
				}
			}
		}
	}
}

// sip asks for something long and takes little of the answer at a time.
func sip(path string) slowClient {
	return func(ctx context.Context, c net.Conn) error {
		if err := c.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: shop\r\n\r\n", path); err != nil {
			return err
		}
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		buf := make([]byte, 16)
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if _, err := c.Read(buf); err != nil {
					return err
				}
			}
		}
	}
}

// Clients that take their time hold at most 40 KiB of the gateway each, and
// others hardly notice.
func TestSlowClients(t *testing.T) {
	s := stack.Processes(t, stack.Options{})
	sh := open(t, s)
	for name, client := range map[string]slowClient{
		"Nothing":     drip("", "\r"), // connections from which no request ever comes
		"Heads":       drip("GET /api/v1/products HTTP/1.1\r\nHost: shop\r\nX-Slow: ", "x"),
		"LongHeads":   drip("GET /api/v1/products HTTP/1.1\r\nHost: shop\r\nX-Slow: "+strings.Repeat("x", 8<<10), "x"),
		"SmallBodies": drip("POST /api/v1/auth/login/json HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", "x"),
		"LargeBodies": drip("POST /api/v1/auth/login/json HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n", "x"),
		"ShortPages":  sip("/api/v1/products?category=Short&page_size=100"),
		"LongPages":   sip("/api/v1/products?category=Long&page_size=100"),
	} {
		t.Run(name, func(t *testing.T) {
			gateway := s.Processes["gateway"]
			gateway.Kill() // what one case has left would hide what the next takes
			gateway.Start(t)
			s.Await(t)
			alone := sh.others(t, *during/arriving)
			before, refused := now(t, s), refusals(t, s)
			ctx, cancel := context.WithTimeout(t.Context(), *during+*during/arriving)
			defer cancel()
			crowd := start(ctx, strings.TrimPrefix(s.URL, "http://"), client)
			require.Eventually(t, func() bool { return crowd.arrived.Load() == int64(*slow) }, time.Minute, time.Millisecond)
			beside := sh.others(t, *during)
			cancel()
			crowd.all.Wait()
			grown := most(t, s).growth(before)
			t.Logf("%s: %d clients, connected %d times: %.1f KiB of the gateway each (%v)",
				name, *slow, crowd.connected.Load(), float64(grown["gateway"])/float64(*slow)/(1<<10), grown)
			t.Logf("%s: others with them: %v; without: %v", name, beside, alone)
			t.Logf("%s: the gateway has refused: %v", name, refusals(t, s).since(refused))
			require.LessOrEqual(t, grown["gateway"], shared()+int64(*slow)*40<<10)
		})
	}
}

// crowd is the slow clients.
type crowd struct {
	all                sync.WaitGroup
	arrived, connected atomic.Int64
}

// arriving is the part of the time of a test in which its slow clients come, one
// after the other, as those of a day do. What they do they would all do in the
// same moment, again and again, if they came in the same one.
const arriving = 6

// start starts them. Whose connection is closed comes again.
func start(ctx context.Context, addr string, client slowClient) *crowd {
	w := &crowd{}
	for i := range *slow {
		w.all.Go(func() {
			select {
			case <-ctx.Done():
			case <-time.After(*during / arriving * time.Duration(i) / time.Duration(*slow)):
			}
			w.arrived.Add(1)
			for ctx.Err() == nil {
				w.connected.Add(1)
				c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
				if err != nil {
					return
				}
				stop := context.AfterFunc(ctx, func() { _ = c.Close() })
				_ = client(ctx, c) // the gateway may hang up
				stop()
				_ = c.Close()
			}
		})
	}
	return w
}
