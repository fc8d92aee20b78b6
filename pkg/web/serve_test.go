package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/web"
)

const patience = 10 * time.Second

// serve starts api and returns its address, a function that tells it to stop,
// and what Serve will return.
func serve(t *testing.T, api *web.API, grace time.Duration) (addr string, stop func(), done <-chan error) {
	t.Helper()
	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, doors.Close()) })

	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	result := make(chan error, 1)
	go func() { result <- web.Serve(ctx, api.App(), doors.Public, grace) }()
	return doors.Public.Addr().String(), cancel, result
}

// dial opens a connection that fails instead of blocking forever.
func dial(t *testing.T, addr string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return conn, bufio.NewReader(conn)
}

// exchange sends raw bytes and reads one answer.
func exchange(t *testing.T, conn net.Conn, r *bufio.Reader, raw string) (answer, *http.Response) {
	t.Helper()
	_, err := io.WriteString(conn, raw)
	require.NoError(t, err)
	res, err := http.ReadResponse(r, nil)
	require.NoError(t, err)
	return read(t, res), res
}

func await[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		require.FailNow(t, "waited too long")
		panic("unreachable")
	}
}

// slow returns an API with GET /slow, which says when it has begun and answers
// when it is let go.
func slow(t *testing.T) (api *web.API, begun <-chan struct{}, letGo func()) {
	t.Helper()
	api, _ = newAPI(t)
	started, release := make(chan struct{}), make(chan struct{})
	web.Handle(api, web.Operation{ID: "slow", Method: http.MethodGet, Path: "/slow", Access: web.Anyone},
		func(*fiber.Ctx, web.Empty) (string, error) {
			started <- struct{}{}
			<-release
			return "done", nil
		})
	return api, started, func() { close(release) }
}

const getSlow = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"

func TestRequestUnderWayIsFinished(t *testing.T) {
	t.Parallel()
	api, begun, letGo := slow(t)
	addr, stop, done := serve(t, api, patience)

	busy, busyReader := dial(t, addr)
	_, err := io.WriteString(busy, getSlow)
	require.NoError(t, err)
	await(t, begun)
	stop()
	require.Eventually(t, func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	}, patience, 5*time.Millisecond, "new connections are refused")

	letGo()
	res, err := http.ReadResponse(busyReader, nil)
	require.NoError(t, err)
	got := read(t, res)
	require.Equal(t, 200, got.status)
	require.Equal(t, `"done"`, got.body)
	require.True(t, res.Close, "the client is told to close")
	require.NoError(t, await(t, done))
}

func TestBusyConnectionsAreNotHungUpOn(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)
	addr, stop, done := serve(t, api, patience)

	conn, reader := dial(t, addr)
	for n := 0; ; n++ {
		if n == 10 {
			stop()
		}
		got, res := exchange(t, conn, reader, "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
		require.Equal(t, 200, got.status)
		if res.Close {
			break
		}
	}
	require.NoError(t, await(t, done))
}

func TestIdleConnectionsDoNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)
	addr, stop, done := serve(t, api, patience)

	idle, reader := dial(t, addr)
	exchange(t, idle, reader, "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
	stop()
	require.NoError(t, await(t, done))
	_, err := reader.ReadByte()
	require.ErrorIs(t, err, io.EOF)
}

func TestEndDoesNotWaitLongerThanGrace(t *testing.T) {
	t.Parallel()
	api, begun, letGo := slow(t)
	t.Cleanup(letGo)
	addr, stop, done := serve(t, api, 50*time.Millisecond)

	busy, _ := dial(t, addr)
	_, err := io.WriteString(busy, getSlow)
	require.NoError(t, err)
	await(t, begun)
	stop()
	require.ErrorIs(t, await(t, done), context.DeadlineExceeded)
}

func TestServeEndsBeforeItHasBegun(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)

	_, stop, done := serve(t, api, patience)
	stop()
	require.NoError(t, await(t, done))
}

func TestServeFailsIfTheDoorIsClosed(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)
	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, doors.Close())
	require.NoError(t, doors.Close(), "twice is fine")
	require.Error(t, web.Serve(t.Context(), api.App(), doors.Public, patience))
}

func TestListenFailsOnATakenAddress(t *testing.T) {
	t.Parallel()
	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, doors.Close()) })

	_, err = web.Listen(t.Context(), "127.0.0.1:0", doors.Public.Addr().String())
	require.ErrorContains(t, err, "internal door")
	_, err = web.Listen(t.Context(), doors.Public.Addr().String(), "127.0.0.1:0")
	require.ErrorContains(t, err, "public door")
}

func TestUnreadableRequests(t *testing.T) {
	t.Parallel()
	api := echo[thing](t)
	addr, _, _ := serve(t, api, patience)

	const auth = "Authorization: Bearer s3cret\r\n"
	for name, tt := range map[string]struct {
		raw    string
		status int
		code   string
	}{
		"NoRequestLine": {"s3cret\r\n" + auth + "\r\n", 400, "malformed_request"},
		"NoColon":       {"GET / HTTP/1.1\r\nHost: x\r\n" + auth + "s3cret\r\n\r\n", 400, "malformed_request"},
		"BadLength":     {"POST /echo HTTP/1.1\r\nHost: x\r\n" + auth + "Content-Length: s3cret\r\n\r\n", 400, "malformed_request"},
		"TwoLengths":    {"POST /echo HTTP/1.1\r\nHost: x\r\n" + auth + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400, "malformed_request"},
		"BadChunk":      {"POST /echo HTTP/1.1\r\nHost: x\r\n" + auth + "Transfer-Encoding: chunked\r\n\r\ns3cret\r\n", 400, "malformed_request"},
		"LongHeaders":   {"GET / HTTP/1.1\r\nHost: x\r\n" + auth + "X: " + strings.Repeat("s3cret", 4000) + "\r\n\r\n", 431, "headers_too_large"},
		"LongURL":       {"GET /" + strings.Repeat("s3cret", 4000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri_too_long"},
		"LargeBody":     {fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\ns3cret", auth, 1<<20+1), 413, "body_too_large"},
		"LargeChunk":    {"POST /echo HTTP/1.1\r\nHost: x\r\n" + auth + "Transfer-Encoding: chunked\r\n\r\n200000\r\ns3cret", 413, "body_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			conn, reader := dial(t, addr)
			got, res := exchange(t, conn, reader, tt.raw)
			require.Equal(t, tt.status, got.status, got.body)
			require.Equal(t, tt.code, got.problem.Code, got.body)
			require.NotEmpty(t, got.problem.RequestID)
			require.NotContains(t, got.body+fmt.Sprint(got.header), "s3cret")
			require.True(t, res.Close)
		})
	}
}

func TestBodyAsLargeAsAllowed(t *testing.T) {
	t.Parallel()
	api := echo[thing](t)
	addr, _, _ := serve(t, api, patience)

	body := `{"name":"a"}` + strings.Repeat(" ", 1<<20-12)
	conn, reader := dial(t, addr)
	got, _ := exchange(t, conn, reader, fmt.Sprintf(
		"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	require.Equal(t, 200, got.status, got.body)
}
