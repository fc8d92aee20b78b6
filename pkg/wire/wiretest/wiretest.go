// Package wiretest sends to a door what gateways and servers have been deceived
// with, byte by byte.
package wiretest

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Door is where requests are taken.
type Door struct {
	Addr string

	// Get and Post are targets of which a GET and a POST are answered, never with
	// a reason of package wire; POST may be refused for any other.
	Get, Post string

	// Arrived returns the bodies of the requests with an X-Request-Id that got
	// through. Nil: nobody looks.
	Arrived func(id string) []string
}

const patience = 30 * time.Second

// Run sends everything to door.
func Run(t *testing.T, door Door) {
	t.Helper()

	t.Run("Refused", func(t *testing.T) {
		t.Parallel()
		for name, c := range refused() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				door.refuses(t, name, c)
			})
		}
	})
	t.Run("Taken", func(t *testing.T) {
		t.Parallel()
		for name, c := range taken() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				door.takes(t, name, c)
			})
		}
	})
}

// next is a request that follows the one of a case.
const next = "GET {get} HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}-next\r\nConnection: close\r\n\r\n"

// refuses requires that a request is answered with one problem that repeats
// nothing of it, and that its connection ends before anything else is done.
func (d Door) refuses(t *testing.T, name string, c refusal) {
	t.Helper()

	id := "wire-" + name
	answers, all := d.exchange(t, d.fill(c.bytes+next, id), http.MethodGet)
	require.Len(t, answers, 1, "%s", all)
	res := answers[0]
	require.Equal(t, c.status, res.StatusCode, "%s", all)
	require.True(t, res.Close, "the connection ends")
	require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
	var problem struct {
		Status    int
		Code      string
		RequestID string `json:"request_id"`
	}
	require.NoError(t, json.Unmarshal([]byte(res.body), &problem), res.body)
	require.Equal(t, c.code, problem.Code)
	require.Equal(t, c.status, problem.Status)
	require.Equal(t, res.Header.Get("X-Request-Id"), problem.RequestID)
	repeated := []string{"s3cret", id + "-next"}
	if c.status != http.StatusRequestEntityTooLarge { // there the path is known to be one, and may be told
		repeated = append(repeated, d.Get, d.Post)
	}
	for _, sent := range repeated {
		require.NotContains(t, all, sent, "nothing of the request is repeated")
	}
	if d.Arrived != nil {
		require.Empty(t, d.Arrived(id), "nothing is done for it")
		require.Empty(t, d.Arrived(id+"-next"), "nor for what comes after it")
	}
}

// takes requires that a request is answered, once, and that the connection goes
// on where it ended.
func (d Door) takes(t *testing.T, name string, c request) {
	t.Helper()

	id := "wire-" + name
	method, _, _ := strings.Cut(strings.TrimLeft(c.bytes, "\r\n"), " ")
	answers, all := d.exchange(t, d.fill(c.bytes+next, id), method)
	if c.closes {
		require.Len(t, answers, 1, "%s", all)
		require.True(t, answers[0].Close)
	} else {
		require.Len(t, answers, 2, "%s", all)
		require.Equal(t, id+"-next", answers[1].Header.Get("X-Request-Id"))
	}
	require.Equal(t, id, answers[0].Header.Get("X-Request-Id"))
	require.Less(t, answers[0].StatusCode, http.StatusInternalServerError, "%s", all)
	if answers[0].StatusCode >= http.StatusBadRequest {
		for _, reason := range []string{"malformed_request", "uri_too_long", "headers_too_large", "body_too_large", "request_timeout"} {
			require.NotContains(t, answers[0].body, reason)
		}
	}
	if d.Arrived == nil || c.stays {
		return
	}
	if method == http.MethodGet || method == http.MethodHead {
		require.Len(t, d.Arrived(id), 1)
	} else {
		require.Equal(t, []string{c.body}, d.Arrived(id))
	}
}

func (d Door) fill(bytes, id string) string {
	return strings.NewReplacer("{get}", d.Get, "{post}", d.Post, "{id}", id).Replace(bytes)
}

type answer struct {
	*http.Response
	body string
}

// exchange sends bytes and returns all answers that come until the connection
// is closed, and their bytes. The first request has the method.
func (d Door) exchange(t *testing.T, bytes, method string) (answers []answer, all string) {
	t.Helper()

	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", d.Addr)
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck // nothing depends on a clean goodbye
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = io.WriteString(c, bytes) // who refuses it need not read it
	}()
	defer func() {
		_ = c.Close()
		<-sent
	}()
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))

	var got strings.Builder
	r := bufio.NewReader(io.TeeReader(c, &got))
	for {
		if _, err := r.Peek(1); err != nil {
			require.ErrorIs(t, err, io.EOF, got.String())
			return answers, got.String()
		}
		res, err := http.ReadResponse(r, &http.Request{Method: method})
		require.NoError(t, err, got.String())
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err, got.String())
		require.NoError(t, res.Body.Close())
		if res.StatusCode >= http.StatusOK {
			answers = append(answers, answer{res, string(body)})
			method = http.MethodGet
		}
	}
}
