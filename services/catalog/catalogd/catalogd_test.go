package catalogd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
	"stockroom/pkg/web"
	"stockroom/services/catalog"
	"stockroom/services/catalog/catalogd"
)

const products = "/api/v1/products"

func TestOnItsOwn(t *testing.T) {
	t.Parallel()

	world := newWorld(t)
	cfg := world.config("sqlite:" + filepath.Join(t.TempDir(), "catalog.db"))
	replica := world.start(t, cfg)

	require.Equal(t, http.StatusUnauthorized, replica.send(t, "POST", products, `{}`, "").status)
	require.Equal(t, http.StatusForbidden, replica.send(t, "POST", products, `{}`, world.token(t, "user")).status)
	item := replica.create(t, world.token(t, "admin"))
	require.Contains(t, replica.get(t, item).text, `"price":19.99`)
	require.Equal(t, "catalog-l1; hit", replica.get(t, item).header.Get("Cache-Status"))

	log := replica.internal(t, "/internal/v1/log?after=0")
	require.Equal(t, http.StatusOK, log.status)
	require.Contains(t, log.text, strings.TrimPrefix(item, products+"/"))
}

func TestReplicasAgree(t *testing.T) {
	t.Parallel()

	world := newWorld(t)
	cfg := world.config(testkit.PostgresURL(t))
	cfg.NATSURL = testkit.NATS(t)
	cfg.RedisURL = testkit.Redis(t)
	a := world.start(t, cfg)
	cfg.RedisURL = testkit.Redis(t)
	b := world.start(t, cfg)

	admin := world.token(t, "admin")
	item := a.create(t, admin)
	urls := []string{item, products, products + "/search?q=lamp"}
	for _, stock := range []string{`"stock":1`, `"stock":2`, `"stock":3`} {
		answer := a.send(t, "PUT", item, "{"+stock+"}", admin)
		require.Equal(t, http.StatusOK, answer.status, answer.text)
		for _, url := range urls {
			require.Contains(t, a.get(t, url).text, stock, "the replica that wrote")
			require.Contains(t, b.get(t, url, "Catalog-Min-Seq", answer.header.Get("Catalog-Seq")).text, stock, "a reader that knows of the write")
			require.Contains(t, b.soon(t, url, stock), stock)
		}
	}
}

func TestImportIsSeenByARunningServer(t *testing.T) {
	t.Parallel()

	for name, url := range map[string]func() string{
		"PostgreSQL": func() string { return testkit.PostgresURL(t) },
		"SQLite":     func() string { return "sqlite:" + filepath.Join(t.TempDir(), "catalog.db") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			world := newWorld(t)
			cfg := world.config(url())
			replica := world.start(t, cfg)
			require.Contains(t, replica.get(t, products).text, `"total":0`)

			svc, closeDatabase, err := catalogd.OpenService(t.Context(), cfg.DatabaseURL)
			require.NoError(t, err)
			n, _, err := svc.Import(t.Context(), []catalog.Draft{{Name: "Lamp", SKU: "L-1"}, {Name: "Desk", SKU: "D-1"}}, "")
			require.NoError(t, err)
			require.Equal(t, 2, n)
			require.NoError(t, closeDatabase())
			replica.soon(t, products, `"total":2`)
		})
	}
}

func TestUnsafeConfigurationIsRefused(t *testing.T) {
	t.Parallel()

	good := newWorld(t).config("sqlite:" + filepath.Join(t.TempDir(), "catalog.db"))
	for name, edit := range map[string]func(*catalogd.Config){
		"NoToken":    func(c *catalogd.Config) { c.InternalToken = "" },
		"ShortToken": func(c *catalogd.Config) { c.Env, c.InternalToken = "production", "x7Gq" },
		"KnownToken": func(c *catalogd.Config) {
			c.Env, c.InternalToken = "production", "change-me-"+strings.Repeat("x7Gq", 8)
		},
		"UnknownEnv":    func(c *catalogd.Config) { c.Env = "prod" },
		"UnknownScheme": func(c *catalogd.Config) { c.DatabaseURL = "mysql://root:hunter2@db/x" },
		"BadRedis":      func(c *catalogd.Config) { c.RedisURL = "http://redis" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cfg := good
			edit(&cfg)
			doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
			require.NoError(t, err)
			_, err = catalogd.New(t.Context(), cfg, doors, slog.New(slog.DiscardHandler))
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hunter2")
			require.NotContains(t, err.Error(), "x7Gq")
			_, err = doors.Public.Accept()
			require.Error(t, err, "the doors are closed")
		})
	}
}

// replica is a running server.
type replica struct {
	server *catalogd.Server
	token  string
}

// start runs a server until the test ends.
func (w *world) start(t *testing.T, cfg catalogd.Config) *replica {
	t.Helper()

	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	var log bytes.Buffer
	server, err := catalogd.New(t.Context(), cfg, doors, slog.New(slog.NewJSONHandler(&log, nil)))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // until it is cleaned up
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.NotContains(t, log.String(), cfg.InternalToken)
	})
	r := &replica{server, cfg.InternalToken}
	require.Eventually(t, func() bool { return r.internal(t, "/readyz").status == http.StatusOK }, 20*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool {
		return r.send(t, "DELETE", products+"/x", "", w.token(t, "admin")).status == http.StatusUnprocessableEntity
	}, 20*time.Second, 5*time.Millisecond, "tokens are verified")
	return r
}

type answer struct {
	status int
	header http.Header
	text   string
}

func (r *replica) get(t *testing.T, url string, header ...string) answer {
	t.Helper()

	return fetch(t, "GET", "http://"+r.server.Addr()+url, "", header...)
}

func (r *replica) send(t *testing.T, method, url, body, token string) answer {
	t.Helper()

	if token == "" {
		return fetch(t, method, "http://"+r.server.Addr()+url, body)
	}
	return fetch(t, method, "http://"+r.server.Addr()+url, body, "Authorization", "Bearer "+token)
}

func (r *replica) internal(t *testing.T, url string) answer {
	t.Helper()

	return fetch(t, "GET", "http://"+r.server.InternalAddr()+url, "", "Authorization", "Bearer "+r.token)
}

// soon reads url until it says want.
func (r *replica) soon(t *testing.T, url, want string) (text string) {
	t.Helper()

	require.Eventually(t, func() bool {
		text = r.get(t, url).text
		return strings.Contains(text, want)
	}, 10*time.Second, time.Millisecond)
	return text
}

func (r *replica) create(t *testing.T, token string) (url string) {
	t.Helper()

	a := r.send(t, "POST", products, `{"name":"Lamp","sku":"L-1","price":19.99}`, token)
	require.Equal(t, http.StatusCreated, a.status, a.text)
	var p struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(a.text), &p))
	return products + "/" + p.ID
}

func fetch(t *testing.T, method, url, body string, header ...string) answer {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // it was read to the end
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, string(text)}
}
