package e2e_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
	"stockroom/pkg/testkit"
)

// TestRedisMayGo takes Redis away in every way: the API works on, and caching
// returns by itself. How long requests take is printed; see docs/performance.md.
func TestRedisMayGo(t *testing.T) {
	skipGiven(t)
	s := stack.Processes(t, stack.Options{})
	w := openWorld(t, s)
	readAndWrite(t, w, "there")

	all := func(do func(*testkit.RedisServer)) {
		for _, server := range s.Redis {
			do(server)
		}
	}
	for _, trouble := range []struct {
		name       string
		begin, end func(*testkit.RedisServer)
	}{
		{"frozen", (*testkit.RedisServer).Freeze, (*testkit.RedisServer).Thaw},
		{"stopped", (*testkit.RedisServer).Stop, (*testkit.RedisServer).Start},
	} {
		all(trouble.begin)
		readAndWrite(t, w, trouble.name)
		all(trouble.end)
		cachingReturns(t, w)
	}

	// A catalog that starts without its Redis.
	s.Redis[0].Stop()
	s.Processes["catalog-1"].Stop(t)
	s.Processes["catalog-1"].Start(t)
	p := w.product(t, nil)
	eventually(t, time.Minute, "catalog-1 is back", func() bool {
		res, err := w.http.Get(s.Catalogs[0] + p.path()) //nolint:noctx // the client has a timeout
		return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK
	})
	readAndWrite(t, w, "absent from the start")
	s.Redis[0].Start()
	cachingReturns(t, w)
}

// readAndWrite uses the API in every way that caches matter for, and prints the
// time of a request with Redis being as it is.
func readAndWrite(t *testing.T, w *world, redis string) {
	t.Helper()
	var took []time.Duration
	ask := func(do func() answer) answer {
		begin := time.Now()
		defer func() { took = append(took, time.Since(begin)) }()
		return do()
	}
	for range 20 {
		p := w.product(t, fields{"category": unique("c")})
		path := p.path()
		require.Equal(t, p, ask(func() answer { return w.anyone().get(t, path) }).want(http.StatusOK).product())
		ask(func() answer { return w.admin(t).put(t, path, fields{"stock": 5}) }).want(http.StatusOK)
		list := productsPath + "?category=" + *p.Category
		require.Len(t, ask(func() answer { return w.anyone().get(t, list) }).want(http.StatusOK).page().Items, 1)
		require.Len(t, ask(func() answer { return w.anyone().get(t, searchPath+"?q="+p.SKU) }).want(http.StatusOK).page().Items, 1)
	}
	slices.Sort(took)
	t.Logf("Redis %s: median %v, longest %v", redis, took[len(took)/2], took[len(took)-1])
}

// cachingReturns wants both servers to hold something soon.
func cachingReturns(t *testing.T, w *world) {
	t.Helper()
	for _, server := range w.system.Redis {
		opts, err := redis.ParseURL(server.URL())
		require.NoError(t, err)
		client := redis.NewClient(opts)
		defer client.Close() //nolint:errcheck // nothing to lose
		require.NoError(t, client.FlushAll(t.Context()).Err())
		eventually(t, time.Minute, "Redis is used again", func() bool {
			for range 4 {
				w.anyone().get(t, w.product(t, nil).path()).want(http.StatusOK)
			}
			size, err := client.DBSize(t.Context()).Result()
			return err == nil && size > 0
		})
	}
}
