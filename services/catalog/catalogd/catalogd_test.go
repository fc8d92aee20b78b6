package catalogd_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
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

func TestRedisMayBeAway(t *testing.T) {
	t.Parallel()

	world := newWorld(t)
	redis := testkit.NewRedisServer(t)
	cfg := world.config(testkit.PostgresURL(t))
	cfg.RedisURL = redis.URL()
	redis.Stop()
	a, b := world.start(t, cfg), world.start(t, cfg)

	item := a.create(t, world.token(t, "admin"))
	require.Equal(t, http.StatusOK, a.get(t, item).status)
	require.Contains(t, a.get(t, products).text, `"total":1`)

	redis.Start()
	page := 0
	require.Eventually(t, func() bool { // what one replica has read, the other finds
		page++
		url := fmt.Sprintf("%s?page=%d", products, page)
		return a.get(t, url).status == http.StatusOK && b.get(t, url).header.Get("Cache-Status") == "catalog-l2; hit"
	}, 20*time.Second, 10*time.Millisecond)

	redis.Stop()
	require.Equal(t, http.StatusOK, b.send(t, "PUT", item, `{"stock":9}`, world.token(t, "admin")).status)
	require.Contains(t, b.get(t, item).text, `"stock":9`)
	require.Contains(t, a.soon(t, item, `"stock":9`), `"price":19.99`)
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
		"BadAuditURL":   func(c *catalogd.Config) { c.AuditURLs = []string{"http://root:hunter2@catalog:9003"} },
		"BadRedis":      func(c *catalogd.Config) { c.RedisURL = "http://redis" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cfg := good
			edit(&cfg)
			doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
			require.NoError(t, err)
			_, err = catalogd.New(t.Context(), cfg, doors, telemetry.Discard())
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hunter2")
			require.NotContains(t, err.Error(), "x7Gq")
			_, err = doors.Public.Accept()
			require.Error(t, err, "the doors are closed")
		})
	}
}
