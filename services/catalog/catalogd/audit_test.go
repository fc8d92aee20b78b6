package catalogd_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
	"stockroom/services/catalog/catalogd"
)

// audited starts two replicas on one Redis, and one more that audits them and
// has no cache beyond its process.
func audited(t *testing.T) (a, b, auditor *replica, cfg catalogd.Config, admin string) {
	t.Helper()

	world := newWorld(t)
	cfg = world.config(testkit.PostgresURL(t))
	cfg.NATSURL, cfg.RedisURL = testkit.NATS(t), testkit.Redis(t)
	a, b = world.start(t, cfg), world.start(t, cfg)
	watching := cfg
	watching.RedisURL = ""
	watching.AuditURLs = []string{"http://" + a.server.InternalAddr(), "http://" + b.server.InternalAddr()}
	return a, b, world.start(t, watching), cfg, world.token(t, "admin")
}

// metric returns the sum of what the series of one name show.
func (r *replica) metric(t *testing.T, name string) (sum int) {
	t.Helper()

	for _, found := range regexp.MustCompile(`(?m)^`+name+`(?:\{[^}]*\})? (\d+)`).FindAllStringSubmatch(r.internal(t, "/metrics").text, -1) {
		n, err := strconv.Atoi(found[1])
		require.NoError(t, err)
		sum += n
	}
	return sum
}

// comesTo waits until a counter of r has got to least.
func (r *replica) comesTo(t *testing.T, name string, least int) {
	t.Helper()

	require.Eventually(t, func() bool { return r.metric(t, name) >= least }, 30*time.Second, 20*time.Millisecond, name)
}

func TestAuditorFindsNothingWrongWithHealthyReplicas(t *testing.T) {
	t.Parallel()

	a, b, auditor, _, admin := audited(t)
	item := a.create(t, admin)
	for stock := 0; auditor.metric(t, "cache_checked_total") < 30; stock++ {
		require.Less(t, stock, 10_000)
		require.Equal(t, http.StatusOK, a.send(t, "PUT", item, fmt.Sprintf(`{"stock":%d}`, stock), admin).status)
		for _, url := range []string{item, products, products + "/search?q=lamp&sort_by=price", products + "/00000000-0000-7000-8000-000000000001"} {
			for range 3 {
				a.get(t, url)
				b.get(t, url)
			}
		}
	}
	require.Zero(t, auditor.metric(t, "cache_inconsistent_total"))
	require.NotContains(t, auditor.log.String(), "cache is wrong")
}

func TestAuditorFindsAPoisonedRedis(t *testing.T) {
	t.Parallel()

	a, b, auditor, cfg, admin := audited(t)
	item := a.create(t, admin)
	id := strings.TrimPrefix(item, products+"/")
	opts, err := redis.ParseURL(cfg.RedisURL)
	require.NoError(t, err)
	shared := redis.NewClient(opts)
	t.Cleanup(func() { require.NoError(t, shared.Close()) })
	const mark, slot = "{catalog:1:v1}:w", "{catalog:1:v1}:p:"
	var before map[string]string
	stock := 100
	require.Eventually(t, func() bool { // what is read after a write is kept in Redis, unless that is too slow
		stock++
		require.Equal(t, http.StatusOK, a.send(t, "PUT", item, fmt.Sprintf(`{"stock":%d}`, stock), admin).status)
		require.Equal(t, http.StatusOK, a.get(t, item).status)
		before, err = shared.HGetAll(t.Context(), slot+id).Result()
		return err == nil && before["d"] != ""
	}, 30*time.Second, 20*time.Millisecond)

	answer := a.send(t, "PUT", item, `{"stock":5}`, admin)
	require.Equal(t, http.StatusOK, answer.status)
	_, seq, _ := strings.Cut(answer.header.Get("Catalog-Seq"), ".")
	require.Eventually(t, func() bool { return shared.HGet(t.Context(), mark, "w").Val() == seq }, 10*time.Second, time.Millisecond)
	before["a"] = seq // what it was, as if it were still right
	require.NoError(t, shared.HSet(t.Context(), slot+id, before).Err())

	b.get(t, item)
	auditor.comesTo(t, "cache_inconsistent_total", 1)
	require.Eventually(t, func() bool { return strings.Contains(auditor.log.String(), "cache is wrong") }, 10*time.Second, time.Millisecond)
	require.Contains(t, auditor.log.String(), `"key":"p:`+id+`"`)
	require.NotContains(t, auditor.log.String(), "Lamp")
}

func TestAuditorFindsAWritePastTheLog(t *testing.T) {
	t.Parallel()

	a, _, auditor, cfg, admin := audited(t)
	item := a.create(t, admin)
	require.Contains(t, a.get(t, item).text, `"stock":0`)
	past(t, cfg.DatabaseURL, `update products set stock = 7`)
	require.Contains(t, a.get(t, item).text, `"stock":0`, "it cannot know")
	auditor.comesTo(t, "cache_inconsistent_total", 1)
}

// past changes the database without its log and its triggers.
func past(t *testing.T, url, statement string) {
	t.Helper()

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	db, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer db.Close(ctx) //nolint:errcheck // nothing depends on a clean goodbye
	_, err = db.Exec(ctx, `set session_replication_role = replica`)
	require.NoError(t, err)
	_, err = db.Exec(ctx, statement)
	require.NoError(t, err)
}
