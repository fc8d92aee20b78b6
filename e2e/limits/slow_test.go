package limits

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
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
			alone := sh.others(t, *during/2)
			before := now(t, s)
			ctx, cancel := context.WithTimeout(t.Context(), *during)
			defer cancel()
			crowd := start(ctx, t, strings.TrimPrefix(s.URL, "http://"), client)
			beside := sh.others(t, *during)
			cancel()
			crowd.all.Wait()
			grown := most(t, s).growth(before)
			t.Logf("%s: %d clients, connected %d times: %.1f KiB of the gateway each (%v); others p50 %v, p99 %v, without p50 %v, p99 %v",
				name, *slow, crowd.connected.Load(), float64(grown["gateway"])/float64(*slow)/(1<<10), grown,
				percentile(beside, 0.5), percentile(beside, 0.99), percentile(alone, 0.5), percentile(alone, 0.99))
			require.NotEmpty(t, beside)
			require.LessOrEqual(t, grown["gateway"], 8<<20+int64(*slow)*40<<10)
		})
	}
}

// crowd is the slow clients.
type crowd struct {
	all       sync.WaitGroup
	connected atomic.Int64
}

// start starts them. Whose connection is closed comes again.
func start(ctx context.Context, t *testing.T, addr string, client slowClient) *crowd {
	t.Helper()

	w := &crowd{}
	for range *slow {
		w.all.Go(func() {
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

// others asks for products for a while, as somebody does who is in no hurry, and
// returns how long each took.
func (sh *shop) others(t *testing.T, during time.Duration) []time.Duration {
	t.Helper()

	ctx, cancel := context.WithTimeout(t.Context(), during)
	defer cancel()
	var (
		mu  sync.Mutex
		all []time.Duration
		wg  sync.WaitGroup
	)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	for range 8 {
		wg.Go(func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for ctx.Err() == nil {
				begin := time.Now()
				status, _, err := sh.try(t, client, request{name: "others", method: http.MethodGet, path: "/api/v1/products/" + sh.product})
				took := time.Since(begin)
				mu.Lock()
				all = append(all, took)
				mu.Unlock()
				if shed := status == http.StatusServiceUnavailable; err != nil || status != http.StatusOK && !shed {
					t.Errorf("status %d, error %v", status, err)
					return
				}
				select {
				case <-ctx.Done():
				case <-tick.C:
				}
			}
		})
	}
	wg.Wait()
	return all
}
