package httplog_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/web"
)

const token = "a-token-between-services-for-tests"

// log is a source of events that all have the given number of ids.
type log struct{ head, ids int }

var errAway = errors.New("the database is away")

func (l log) Head(context.Context) (commitlog.Head, error) {
	if l.head < 0 {
		return commitlog.Head{}, errAway
	}
	return commitlog.Head{Epoch: 3, Seq: int64(l.head)}, nil
}

func (l log) Since(_ context.Context, after int64, limit int) (events []commitlog.Event, err error) {
	if l.head < 0 {
		return nil, errAway
	}
	for seq := after + 1; seq <= int64(l.head) && len(events) < limit; seq++ {
		events = append(events, l.event(seq))
	}
	return events, nil
}

func (l log) event(seq int64) commitlog.Event {
	ids := make([]string, l.ids)
	for i := range ids {
		ids[i] = fmt.Sprintf("0190d7f4-2c1e-7000-8000-%012d", i)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	return commitlog.Event{Epoch: 3, Seq: seq, IDs: ids, Lists: true, Kind: "note", At: at}
}

// serve returns the root of an internal listener that serves src.
func serve(t *testing.T, src commitlog.Source) string {
	t.Helper()

	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, doors.Public.Close())
	api := web.NewInternal(web.Config{Title: "Test", Version: "test"}, token, nil)
	httplog.Mount(api.App(), src)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, api.App(), doors.Internal, time.Second) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return "http://" + doors.Internal.Addr().String()
}

func TestClientReadsWhatIsMounted(t *testing.T) {
	t.Parallel()

	src := log{head: 5, ids: 2}
	c := httplog.NewClient(serve(t, src)+"/", token)
	h, err := c.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, commitlog.Head{Epoch: 3, Seq: 5}, h)

	events, err := c.Since(t.Context(), 2, 2)
	require.NoError(t, err)
	require.Equal(t, []commitlog.Event{src.event(3), src.event(4)}, events)

	events, err = c.Since(t.Context(), 5, 2)
	require.NoError(t, err)
	require.Empty(t, events)
}

func TestEventWithoutIDsHasNone(t *testing.T) {
	t.Parallel()

	events, err := httplog.NewClient(serve(t, log{head: 1}), token).Since(t.Context(), 0, 1)
	require.NoError(t, err)
	require.NotNil(t, events[0].IDs, "nil means that there are too many")
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		src  log
		want int
	}{
		"ManyEvents":   {log{head: 1500}, 1000},
		"ManyIDs":      {log{head: 100, ids: 1000}, 20},
		"OneHugeEvent": {log{head: 3, ids: 30_000}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			events, err := httplog.NewClient(serve(t, tt.src), token).Since(t.Context(), 0, 1_000_000)
			require.NoError(t, err)
			require.Len(t, events, tt.want)
		})
	}
}

func TestLogThatIsAwayIsUnavailable(t *testing.T) {
	t.Parallel()

	url := serve(t, log{head: -1})
	for _, path := range []string{"/internal/v1/head", "/internal/v1/log?after=0"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
		require.Equal(t, "1", res.Header.Get("Retry-After"))
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()

	url := serve(t, log{head: 5})
	for name, tt := range map[string]struct {
		path, token string
		want        int
	}{
		"NoToken":       {"/internal/v1/head", "", http.StatusUnauthorized},
		"WrongToken":    {"/internal/v1/log", "another-token", http.StatusUnauthorized},
		"BadAfter":      {"/internal/v1/log?after=x", token, http.StatusUnprocessableEntity},
		"NegativeAfter": {"/internal/v1/log?after=-1", token, http.StatusUnprocessableEntity},
		"BadLimit":      {"/internal/v1/log?limit=1e3", token, http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+tt.path, nil)
			require.NoError(t, err)
			if tt.token != "" {
				req.Header.Set("Authorization", "Bearer "+tt.token)
			}
			res, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Equal(t, tt.want, res.StatusCode)
		})
	}
}

func TestClientFails(t *testing.T) {
	t.Parallel()

	start := func(do http.HandlerFunc) string {
		s := httptest.NewServer(do)
		t.Cleanup(s.Close)
		return s.URL
	}
	answer := func(body string) string {
		return start(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, body) // who asks may hang up
		})
	}
	elsewhere := answer(`{"epoch":1,"seq":1}`)
	for name, url := range map[string]string{
		"SourceFails": serve(t, log{head: -1}),
		"NoServer":    "http://127.0.0.1:1",
		"Redirect":    start(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, http.StatusFound) }),
		"NotJSON":     answer(`<html>`),
		"NotAHead":    answer(`{}`),
		"TooLong":     answer(`{"epoch":1,"seq":1}` + strings.Repeat(" ", 17<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := httplog.NewClient(url, token).Head(t.Context())
			require.Error(t, err)
			require.NotContains(t, err.Error(), token)
		})
	}
}

func TestClientKeepsTheDeadlineOfItsCaller(t *testing.T) {
	t.Parallel()

	hung := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hung }))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(hung) })

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := httplog.NewClient(s.URL, token).Head(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
