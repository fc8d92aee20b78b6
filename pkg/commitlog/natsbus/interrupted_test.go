package natsbus_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/testkit"
)

const patience = 30 * time.Second

func TestSettings(t *testing.T) {
	t.Parallel()

	o, err := natsbus.Settings()
	require.NoError(t, err)
	require.Equal(t, -1, o.MaxReconnect, "it never gives up")
	require.True(t, o.IgnoreAuthErrorAbort, "it does not give up either when the password is not known yet")
	require.LessOrEqual(t, time.Duration(o.MaxPingsOut+1)*o.PingInterval, 5*time.Second, "a dead connection is noticed")
	require.LessOrEqual(t, o.ReconnectWait+o.ReconnectJitter, 250*time.Millisecond)
	require.Equal(t, -1, o.ReconnectBufSize, "old messages are not sent late")
}

// The connection looks alive: nothing is refused or closed, nothing arrives.
func TestDeadConnectionIsNoticed(t *testing.T) {
	t.Parallel()

	p := newProxy(t, testkit.NATS(t))
	b := connect(t, p.url())
	require.Eventually(t, func() bool { return b.Publish(t.Context(), "log", nil) == nil }, patience, time.Millisecond)
	p.swallow()
	require.Eventually(t, func() bool { return b.Publish(t.Context(), "log", nil) != nil }, patience, 10*time.Millisecond)
}

func TestSlowSubscriberIsTold(t *testing.T) {
	t.Parallel()

	server := testkit.NewNATSServer(t)
	server.Stop()
	b := connect(t, server.URL())
	block, interrupted := make(chan struct{}), make(chan struct{}, 100_000)
	stop, err := b.Subscribe("log", func(context.Context, []byte) { <-block }, func() { interrupted <- struct{}{} })
	require.NoError(t, err)
	defer stop()
	defer close(block)
	server.Start()
	expectTold(t, interrupted) // of the connection

	for range 10_000 {
		require.NoError(t, b.Publish(t.Context(), "log", []byte("news")))
	}
	expectTold(t, interrupted)
}

func expectTold(t *testing.T, interrupted chan struct{}) {
	t.Helper()

	select {
	case <-interrupted:
	case <-time.After(patience):
		require.FailNow(t, "not told")
	}
}

func TestCloseSendsWhatWasPublished(t *testing.T) {
	t.Parallel()

	url := testkit.NATS(t)
	heard := make(chan string, 1)
	subscriber := connect(t, url)
	stop, err := subscriber.Subscribe("log", func(_ context.Context, data []byte) { heard <- string(data) }, func() {})
	require.NoError(t, err)
	defer stop()
	require.Eventually(t, func() bool { // the subscription has got to the server
		return subscriber.Publish(t.Context(), "log", []byte("hello")) == nil && <-heard == "hello"
	}, patience, time.Millisecond)

	publisher, err := natsbus.Connect(url, "test", nil)
	require.NoError(t, err)
	require.NoError(t, publisher.Publish(t.Context(), "log", []byte("news")))
	publisher.Close()
	select {
	case got := <-heard:
		require.Equal(t, "news", got)
	case <-time.After(patience):
		require.FailNow(t, "not sent")
	}
}

// proxy stands between a client and a server, and may fall silent.
type proxy struct {
	ln     net.Listener
	server string

	mu     sync.Mutex
	silent bool
}

func newProxy(t *testing.T, url string) *proxy {
	t.Helper()

	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{ln: ln, server: strings.TrimPrefix(url, "nats://")}
	var wg sync.WaitGroup
	wg.Go(func() { p.accept(t, &wg) })
	t.Cleanup(func() {
		_ = ln.Close()
		wg.Wait()
	})
	return p
}

func (p *proxy) url() string { return "nats://" + p.ln.Addr().String() }

func (p *proxy) swallow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = true
}

func (p *proxy) isSilent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent
}

func (p *proxy) accept(t *testing.T, wg *sync.WaitGroup) {
	for {
		client, err := p.ln.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		wg.Go(func() { p.copy(client, server) })
		wg.Go(func() { p.copy(server, client) })
	}
}

func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()   //nolint:errcheck // the test is over for it
	defer from.Close() //nolint:errcheck // the test is over for it
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if p.isSilent() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
