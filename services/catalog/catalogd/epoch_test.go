package catalogd_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
	"stockroom/services/catalog"
	"stockroom/services/catalog/catalogd"
)

func TestVersionsGoOnAfterTheEpochWasRaised(t *testing.T) {
	t.Parallel()

	for name, databaseURL := range map[string]func(t *testing.T) string{
		"PostgreSQL": func(t *testing.T) string { return testkit.PostgresURL(t) + "&search_path=catalog,public" },
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "catalog.db") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			at := databaseURL(t)
			require.Equal(t, int64(1), makeProduct(t, at, "A-1").Version)
			before := time.Now().UnixMicro()
			head, err := catalogd.RaiseEpoch(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, int64(2), head.Epoch)
			require.GreaterOrEqual(t, head.Seq, before)
			require.Equal(t, head.Seq+1, makeProduct(t, at, "A-2").Version)
		})
	}
	_, err := catalogd.RaiseEpoch(t.Context(), "mysql://u:hunter2@db/catalog")
	require.ErrorContains(t, err, "STOCKROOM_DATABASE_URL")
	require.NotContains(t, err.Error(), "hunter2")
}

// A database is replaced by its backup under a replica that goes on running,
// with a Redis: what both know of the time in between must not come back, nor
// stand in the way of what is written now.
func TestRestoreUnderARunningReplica(t *testing.T) {
	t.Parallel()

	world, at := newWorld(t), testkit.PostgresURL(t)
	item := products + "/" + string(makeProduct(t, at, "A-1").ID)
	backup := copyDatabase(t, at)

	cfg := world.config(at)
	cfg.RedisURL = testkit.Redis(t)
	replica, admin := world.start(t, cfg), world.token(t, "admin")
	lost := replica.send(t, "PUT", item, `{"price":2}`, admin)
	require.Equal(t, http.StatusOK, lost.status, lost.text)
	for range 2 { // into both caches
		require.Contains(t, replica.get(t, item).text, `"price":2`)
		require.Contains(t, replica.get(t, products).text, `"price":2`)
	}

	replaceDatabase(t, at, backup)
	_, err := catalogd.RaiseEpoch(t.Context(), at)
	require.NoError(t, err)
	replica.soon(t, item, `"price":1`)
	replica.soon(t, products, `"price":1`)

	var now answer
	require.Eventually(t, func() bool { // its connections were cut
		now = replica.send(t, "PUT", item, `{"price":3}`, admin)
		return now.status == http.StatusOK
	}, 20*time.Second, 10*time.Millisecond)
	require.NotEqual(t, lost.header.Get("ETag"), now.header.Get("ETag"), "an ETag means one content")
	stale := fetch(t, "GET", "http://"+replica.server.Addr()+item, "", "If-None-Match", lost.header.Get("ETag"))
	require.Equal(t, http.StatusOK, stale.status)
	require.Contains(t, stale.text, `"price":3`)
	for range 3 {
		require.Contains(t, replica.get(t, item).text, `"price":3`)
		require.Contains(t, replica.get(t, products).text, `"price":3`)
	}
}

// makeProduct writes a product past any server.
func makeProduct(t *testing.T, databaseURL string, sku catalog.SKU) catalog.Product {
	t.Helper()

	service, closeStore, err := catalogd.OpenService(t.Context(), databaseURL)
	require.NoError(t, err)
	made, _, err := service.Create(t.Context(), catalog.Draft{Name: "Lamp", SKU: sku, Price: 100}, "")
	require.NoError(t, err)
	require.NoError(t, closeStore())
	return made
}

// copyDatabase returns the name of a copy of the database at databaseURL, which
// nobody may be connected to.
func copyDatabase(t *testing.T, databaseURL string) string {
	t.Helper()

	name := nameOf(t, databaseURL)
	execute(t, databaseURL, "create database "+name+"_backup template "+name+" strategy file_copy")
	return name + "_backup"
}

// replaceDatabase puts backup in the place of the database at databaseURL,
// whoever is connected to it.
func replaceDatabase(t *testing.T, databaseURL, backup string) {
	t.Helper()

	name := nameOf(t, databaseURL)
	execute(t, databaseURL, "drop database "+name+" with (force)", "alter database "+backup+" rename to "+name)
}

func nameOf(t *testing.T, databaseURL string) string {
	t.Helper()

	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	return strings.TrimPrefix(u.Path, "/")
}

// execute runs statements beside the database at databaseURL.
func execute(t *testing.T, databaseURL string, statements ...string) {
	t.Helper()

	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	u.Path = "/template1"
	conn, err := pgx.Connect(t.Context(), u.String())
	require.NoError(t, err)
	defer conn.Close(t.Context()) //nolint:errcheck // nothing depends on a clean goodbye
	for _, statement := range statements {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}
