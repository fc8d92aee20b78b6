package link_test

import (
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/link"
)

const (
	patience = 20 * time.Second
	moment   = 50 * time.Millisecond // for what must not happen
)

func TestLinkPassesBothWays(t *testing.T) {
	t.Parallel()

	_, client := open(t)
	say(t, client, "hello")
	hear(t, client, "hello")
}

func TestWhatIsHeldArrivesLater(t *testing.T) {
	t.Parallel()

	for name, state := range map[string]link.State{"Up": {HoldUp: true}, "Down": {HoldDn: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			l, client := open(t)
			l.Set(state)
			say(t, client, "late")
			silent(t, client)
			l.Set(link.State{})
			hear(t, client, "late")
		})
	}
}

func TestWhatIsHeldIsLostWithTheConnection(t *testing.T) {
	t.Parallel()

	l, client := open(t)
	l.Set(link.State{HoldDn: true})
	say(t, client, "lost")
	silent(t, client)
	l.Cut()
	l.Set(link.State{})
	ended(t, client)

	client = dial(t, l)
	say(t, client, "new")
	hear(t, client, "new")
}

func TestRefusedConnectionsEnd(t *testing.T) {
	t.Parallel()

	l, client := open(t)
	say(t, client, "hello")
	hear(t, client, "hello")
	l.Set(link.State{Refuse: true})
	ended(t, client)
	ended(t, dial(t, l))
}

func TestDelayIsOfEveryByteOnce(t *testing.T) {
	t.Parallel()

	l, client := open(t)
	l.Set(link.State{Delay: moment})
	begun := time.Now()
	for range 20 {
		say(t, client, "x")
	}
	hear(t, client, "xxxxxxxxxxxxxxxxxxxx")
	require.GreaterOrEqual(t, time.Since(begun), 2*moment)
}

func TestNothingIsLeftOfALink(t *testing.T) {
	t.Parallel()

	l, client := open(t)
	l.Set(link.State{HoldUp: true, HoldDn: true})
	say(t, client, "held")
	require.NoError(t, l.Close())
	ended(t, client)
	_, err := net.Dial("tcp", l.Addr()) //nolint:noctx // nobody listens
	require.Error(t, err)
}

// open returns a link to a server that sends back what it hears, and a client.
func open(t *testing.T) (*link.Link, net.Conn) {
	t.Helper()

	server, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		for {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()         //nolint:errcheck // it is over
				_, _ = io.Copy(conn, conn) // until it ends
			}()
		}
	}()
	l, err := link.To(t.Context(), "tcp", server.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l, dial(t, l)
}

func dial(t *testing.T, l *link.Link) net.Conn {
	t.Helper()

	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func say(t *testing.T, conn net.Conn, text string) {
	t.Helper()

	_, err := conn.Write([]byte(text))
	require.NoError(t, err)
}

func hear(t *testing.T, conn net.Conn, text string) {
	t.Helper()

	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	got := make([]byte, len(text))
	_, err := io.ReadFull(conn, got)
	require.NoError(t, err)
	require.Equal(t, text, string(got))
}

func silent(t *testing.T, conn net.Conn) {
	t.Helper()

	require.NoError(t, conn.SetReadDeadline(time.Now().Add(moment)))
	_, err := conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

func ended(t *testing.T, conn net.Conn) {
	t.Helper()

	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	_, err := conn.Read(make([]byte, 1))
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}
