package httppeek_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/httppeek"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/web"
)

const token = "a-token-between-services-for-tests"

// still is a position that does not move.
type still struct{}

func (still) Applied() commitlog.Head          { return commitlog.Head{Epoch: 1, Seq: 7} }
func (still) Fresh() bool                      { return true }
func (still) OwnSeq() int64                    { return 0 }
func (still) Wait(context.Context, int64) bool { return true }
func (still) Age() time.Duration               { return 0 }

func newCache(t *testing.T) *coherent.Cache {
	t.Helper()

	c := coherent.New(coherent.Config{Name: "test"})
	t.Cleanup(c.Close)
	c.Follow(still{})
	require.NoError(t, c.Reset(t.Context(), still{}.Applied()))
	return c
}

func read(t *testing.T, c *coherent.Cache, key coherent.Key) {
	t.Helper()

	_, err := c.Get(t.Context(), key, 0, func(context.Context) (coherent.Entry, error) {
		return coherent.Entry{AsOf: 7, Version: 3, Body: []byte("a secret")}, nil
	})
	require.NoError(t, err)
}

// serve returns the root of an internal listener that serves c.
func serve(t *testing.T, c *coherent.Cache) string {
	t.Helper()

	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, doors.Public.Close())
	api := web.NewInternal(web.Config{Title: "Test", Version: "test"}, token, nil)
	httppeek.Mount(api.App(), c)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, api.App(), doors.Internal, time.Second) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return "http://" + doors.Internal.Addr().String()
}

func TestReplicaSaysWhatItsCacheHolds(t *testing.T) {
	t.Parallel()

	c := newCache(t)
	doors, err := httppeek.NewDoors(httppeek.Config{URLs: []string{serve(t, c)}, Token: token})
	require.NoError(t, err)
	replicas := doors.Replicas(t.Context())
	require.Len(t, replicas, 1)
	long := coherent.List(strings.Repeat("é&? ", 20_000))
	for _, key := range []coherent.Key{coherent.Item("a"), coherent.List(`q="x y"&z`), long} {
		at, err := replicas[0].Peek(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, "missing", at.L1.State)
		read(t, c, key)
		read(t, c, key)

		at, err = replicas[0].Peek(t.Context(), key)

		require.NoError(t, err)
		require.Equal(t, c.Peek(t.Context(), key), at)
		require.True(t, at.L1.Served)
		keys, err := replicas[0].Hits(t.Context(), 5)
		require.NoError(t, err)
		require.Equal(t, []coherent.Key{key}, keys)
	}
}

func TestDoorNeedsTheTokenAndTellsNoContent(t *testing.T) {
	t.Parallel()

	c := newCache(t)
	read(t, c, coherent.Item("a"))
	url := serve(t, c)
	for name, tt := range map[string]struct {
		path, token, body string
		status            int
	}{
		"Peek":        {"peek", token, `{"key":"p:a"}`, 200},
		"PeekNoToken": {"peek", "x", `{"key":"p:a"}`, 401},
		"PeekNoKey":   {"peek", token, `{"key":"a"}`, 422},
		"PeekNoJSON":  {"peek", token, `{`, 422},
		"Hits":        {"hits", token, "", 200},
		"HitsNoToken": {"hits", "x", "", 401},
		"HitsNone":    {"hits?limit=0", token, "", 422},
		"HitsTooMany": {"hits?limit=101", token, "", 422},
		"HitsNoLimit": {"hits?limit=x", token, "", 422},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			method := map[bool]string{true: http.MethodGet, false: http.MethodPost}[tt.body == ""]
			req, err := http.NewRequestWithContext(t.Context(), method, url+"/internal/v1/cache/"+tt.path, strings.NewReader(tt.body))
			require.NoError(t, err)
			req.Header.Set("Authorization", "Bearer "+tt.token)
			if tt.body != "" {
				req.Header.Set("Content-Type", "application/json")
			}
			res, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			defer res.Body.Close() //nolint:errcheck // it was read
			answer, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.Equal(t, tt.status, res.StatusCode, "%s", answer)
			require.NotContains(t, string(answer), "secret")
		})
	}
}

// names are what a resolver knows.
type names map[string][]string

func (n names) LookupHost(_ context.Context, host string) ([]string, error) {
	if found, ok := n[host]; ok {
		return found, nil
	}
	return nil, errors.New("no such name")
}

func TestNameStandsForAllItsAddresses(t *testing.T) {
	t.Parallel()

	var log bytes.Buffer
	known := names{"catalog": {"127.0.0.2", "127.0.0.3", "::1"}}
	doors, err := httppeek.NewDoors(httppeek.Config{
		URLs: []string{"http://catalog:9003", "http://127.0.0.3:9003/", "http://127.0.0.3:9004"}, Resolver: known,
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	found := func() (all []string) {
		for _, r := range doors.Replicas(t.Context()) {
			all = append(all, r.Name())
		}
		return all
	}
	all := []string{"http://127.0.0.2:9003", "http://127.0.0.3:9003", "http://[::1]:9003", "http://127.0.0.3:9004"}
	require.Equal(t, all, found())

	delete(known, "catalog")
	require.Equal(t, all, found(), "where it led before")
	require.Equal(t, all, found())
	require.Equal(t, 1, strings.Count(log.String(), "name cannot be resolved"))

	known["catalog"] = []string{"127.0.0.9"}
	require.Equal(t, "http://127.0.0.9:9003", found()[0])
}

func TestWhatIsNoDoorIsRefused(t *testing.T) {
	t.Parallel()

	for _, url := range []string{
		"", "catalog:9003", "https://catalog:9003", "http://catalog", "http://:9003", "http://u:p@catalog:9003",
		"http://catalog:9003/x", "http://catalog:9003?x", "http://%zz:1",
	} {
		_, err := httppeek.NewDoors(httppeek.Config{URLs: []string{url}})
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "u:p")
	}
}

func TestWhoIsNotThereIsAnError(t *testing.T) {
	t.Parallel()

	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	doors, err := httppeek.NewDoors(httppeek.Config{URLs: []string{"http://" + ln.Addr().String()}, Token: token})
	require.NoError(t, err)
	_, err = doors.Replicas(t.Context())[0].Peek(t.Context(), coherent.Item("a"))
	require.Error(t, err)
	require.NotContains(t, err.Error(), token)
}
