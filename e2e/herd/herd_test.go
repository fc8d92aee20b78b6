package herd

import (
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

var (
	readers = flag.Int("herd.readers", 5000, "how many ask at once")
	rounds  = flag.Int("herd.rounds", 3, "how often")
)

func TestMain(m *testing.M) { stack.Main(m) }

// Whoever asks for what was just changed waits for one who reads it from the
// database: one in each process waits for one process of all. On a machine so
// busy that waiting takes too long, each process may read it once.
func TestHerdReadsTheDatabaseOnce(t *testing.T) {
	t.Parallel()

	s := open(t)
	product := s.create(t)
	all := make([]*reader, *readers)
	for n := range all {
		all[n] = newReader(t, s.replicas[n%len(s.replicas)].addr)
	}
	times := make([]int, len(s.replicas)+1) // how often there were so many loads
	for round, unproven := 0, 0; round < *rounds; {
		stock := 1 + round + unproven
		seq := s.change(t, product, stock)
		loads, bypasses := s.count(t, "cache_loads_total"), s.count(t, "cache_bypasses_total")
		took := stampede(t, all, productsPath+"/"+product, seq, fmt.Sprintf(`"stock":%d,`, stock))
		loads = s.count(t, "cache_loads_total") - loads
		if s.count(t, "cache_bypasses_total") > bypasses {
			unproven++ // a replica that has no lease goes by the database alone
			require.LessOrEqual(t, unproven, *rounds, "the machine is too busy for leases")
			continue
		}
		round++
		t.Logf("round %d: %d loads, in %v", round, loads, took.Round(time.Millisecond))
		require.Positive(t, loads)
		require.LessOrEqual(t, loads, len(s.replicas), "once for each process at most")
		times[loads]++
	}
	for n, count := range times[1:] {
		t.Logf("%d reads of the database: %d of %d times", n+1, count, *rounds)
	}
}

// stampede has all ask for path at once, and fails t unless every answer is
// right.
func stampede(t *testing.T, all []*reader, path, seq, want string) (took time.Duration) {
	t.Helper()

	start, failed := make(chan struct{}), make(chan string, len(all))
	var herd sync.WaitGroup
	for _, r := range all {
		herd.Go(func() {
			<-start
			if body, err := r.get(path, seq); err != nil || !strings.Contains(body, want) {
				failed <- fmt.Sprint(body, err)
			}
		})
	}
	began := time.Now()
	close(start)
	herd.Wait()
	took = time.Since(began)
	close(failed)
	for what := range failed {
		require.Fail(t, "a wrong answer", what)
	}
	return took
}
