package peer_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/peer"
)

const soon = 5 * time.Second

// send sends a request with a body and returns what came back.
func send(t *testing.T, client *http.Client, method, url string, prepare func(*http.Request)) (string, error) {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("body"))
	require.NoError(t, err)
	prepare(req)
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(body), nil
}

func once(*http.Request) {}

// breaking is a service that hangs up on the first requests it reads.
func breaking(t *testing.T, times int32) (url string, read *atomic.Int32) {
	t.Helper()

	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	read = new(atomic.Int32)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			if req, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				body, _ := io.ReadAll(req.Body)
				if read.Add(1) > times {
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+string(body))
				}
			}
			_ = c.Close()
		}
	}()
	return "http://" + ln.Addr().String(), read
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		method  string
		prepare func(*http.Request)
		times   int32
		lost    bool
		read    int32
	}{
		"MarkedIsSentAgain":    {http.MethodPost, peer.Repeatable, 2, false, 3},
		"GetIsSentAgain":       {http.MethodGet, once, 1, false, 2},
		"WriteIsSentOnce":      {http.MethodPost, once, 1, true, 1},
		"PutIsSentOnce":        {http.MethodPut, once, 1, true, 1},
		"NothingIsSentForEver": {http.MethodPost, peer.Repeatable, 9, true, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			url, read := breaking(t, tt.times)
			body, err := send(t, peer.NewClient(soon), tt.method, url, tt.prepare)
			if tt.lost {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
				require.Equal(t, "body", body)
			}
			require.Equal(t, tt.read, read.Load())
		})
	}
}

func TestConnectionsThatWereClosedWhileIdleFailNothing(t *testing.T) {
	t.Parallel()

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	t.Cleanup(server.Close)
	client := peer.NewClient(soon)
	for range 20 {
		body, err := send(t, client, http.MethodPut, server.URL, peer.Repeatable)
		require.NoError(t, err)
		require.Equal(t, "body", body)
		server.CloseClientConnections()
	}
}

func TestSlowIsNotAskedAgain(t *testing.T) {
	t.Parallel()

	var asked atomic.Int32
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked.Add(1)
		<-release
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) }) // before the server waits for its requests

	_, err := send(t, peer.NewClient(200*time.Millisecond), http.MethodPost, server.URL, peer.Repeatable)
	require.Error(t, err)
	require.Equal(t, int32(1), asked.Load())
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()

	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)

	_, err := send(t, peer.NewClient(soon), http.MethodPost, server.URL, peer.Repeatable)
	require.NoError(t, err)
	require.Equal(t, int32(1), asked.Load())
}

// names leads every name to the same addresses.
type names []string

func (n names) LookupHost(context.Context, string) ([]string, error) {
	return append([]string(nil), n...), nil
}

func TestAddressWhereNobodyIsCostsNothing(t *testing.T) {
	t.Parallel()

	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.2:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	_, port, err := net.SplitHostPort(ln.Addr().String())
	require.NoError(t, err)

	dialer := peer.Dialer{Resolver: names{"127.0.0.3", "127.0.0.2", "127.0.0.4"}}
	for range 10 {
		c, err := dialer.DialContext(t.Context(), "tcp", net.JoinHostPort("users", port))
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}

	nobody := peer.Dialer{Resolver: names{"127.0.0.3", "127.0.0.4"}}
	_, err = nobody.DialContext(t.Context(), "tcp", net.JoinHostPort("users", port))
	require.Error(t, err)
}
