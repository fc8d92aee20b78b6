package upstream_test

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/upstream"
)

// A service that answers nonsense costs a bounded failure.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()

	for name, answer := range map[string]string{
		"NotHTTP":          "hello\r\n\r\n",
		"HugeHeader":       "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n",
		"HugeLength":       "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
		"TwoLengths":       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"BrokenChunk":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"CutBody":          "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab",
		"NoAnswerAtAll":    "",
		"OddStatus":        "HTTP/1.1 20 OK\r\n\r\n",
		"UnknownEncodings": "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p, err := upstream.New(upstream.Config{Name: "test", URLs: []string{"http://" + serveRaw(t, answer)}, Log: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			require.ErrorIs(t, do(p, http.MethodPost, soon), upstream.ErrBroken)
		})
	}
}

// serveRaw answers every request on every connection with the same bytes, and hangs up.
func serveRaw(t *testing.T, answer string) string {
	t.Helper()

	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.WriteString(c, answer)
			}
			_ = c.Close()
		}
	}()
	return ln.Addr().String()
}

func TestConfiguration(t *testing.T) {
	t.Parallel()

	for name, cfg := range map[string]upstream.Config{
		"Nothing":      {},
		"NoScheme":     {URLs: []string{"catalog:8003"}},
		"OtherScheme":  {URLs: []string{"ftp://catalog:8003"}},
		"WithPath":     {URLs: []string{"http://catalog:8003/api"}},
		"WithUser":     {URLs: []string{"http://u:p@catalog:8003"}},
		"WithoutHost":  {URLs: []string{"http://:8003"}},
		"OddInternals": {URLs: []string{"http://a:1", "http://b:1"}, InternalURLs: []string{"http://a:2"}},
		"OtherName":    {URLs: []string{"http://a:1"}, InternalURLs: []string{"http://b:2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cfg.Log = slog.New(slog.DiscardHandler)
			_, err := upstream.New(cfg)
			require.Error(t, err)
		})
	}
}
