package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

const (
	updates = 200
	readers = 8

	// globalDelay is how long any replica may show what was replaced.
	globalDelay = time.Second
	noticeable  = 50 * time.Millisecond
)

// noReaderSeesTheOldValue updates one product while readers look at it, in its
// detail, in a list and in a search. A reader that begins after the answer of
// an update never sees an older value on the replica that wrote, and through
// the gateway none sees one that begins more than a second after it.
func noReaderSeesTheOldValue(t *testing.T, w *world) {
	p := w.product(t, fields{"category": unique("stale"), "stock": 0})
	o := &observed{answered: make([]atomic.Int64, updates+1), begin: time.Now()}
	o.answered[0].Store(1)
	views := map[string]string{
		"detail": p.path(), "list": productsPath + "?category=" + *p.Category, "search": searchPath + "?q=" + url.QueryEscape(p.SKU),
	}
	// Where replicas can be reached, the first one is written to, and read besides
	// the gateway. How many a given system has is not known here.
	_, given := stack.Given()
	writer, doors := w.system.URL, map[string]bool{w.system.URL: len(w.system.Catalogs) == 0 && !given}
	if len(w.system.Catalogs) > 0 {
		writer = w.system.Catalogs[0]
		doors[writer] = true
	}
	stop := make(chan struct{})
	var running sync.WaitGroup
	for i := range readers {
		running.Go(func() { o.read(t, w, i, views, doors, stop) })
	}
	admin := w.admin(t)
	for value := 1; value <= updates; value++ {
		req := admin.request(t, http.MethodPut, p.path(), fields{"stock": value})
		at, err := url.Parse(writer)
		require.NoError(t, err)
		req.URL.Host = at.Host
		res, err := w.http.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode)
		o.answered[value].Store(int64(time.Since(o.begin)))
	}
	close(stop)
	running.Wait()
	o.report(t)
	for view, path := range views {
		for door := range doors {
			eventually(t, globalDelay, view, func() bool { return o.stock(t, w, door+path) == updates })
		}
	}
}

// observed is what readers saw.
type observed struct {
	begin    time.Time
	answered []atomic.Int64 // when the update to this value was answered; 0: not yet
	mu       sync.Mutex
	reads    map[string]int
	late     []time.Duration // by how much a value was older than it could have been
	broken   []string
}

// read reads until stop, each time what was answered before it begins.
func (o *observed) read(t *testing.T, w *world, i int, views map[string]string, doors map[string]bool, stop chan struct{}) {
	names, places := sortedKeys(views), sortedKeys(doors)
	for turn := i; ; turn++ {
		select {
		case <-stop:
			return
		default:
		}
		view, door := names[turn%len(names)], places[turn/len(names)%len(places)]
		began := time.Since(o.begin)
		got := o.stock(t, w, door+views[view])
		o.note(view, door, doors[door], began, got)
	}
}

func (o *observed) note(view, door string, own bool, began time.Duration, got int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.reads == nil {
		o.reads = map[string]int{}
	}
	o.reads[view]++
	if got == updates {
		return
	}
	next := o.answered[got+1].Load() // when got was replaced
	if next == 0 || time.Duration(next) >= began {
		return
	}
	age := began - time.Duration(next)
	o.late = append(o.late, age)
	if own || age > globalDelay {
		o.broken = append(o.broken, fmt.Sprintf("%s at %s began %v after %d was replaced", view, door, age, got))
	}
}

// stock asks for the one product that there is at address.
func (o *observed) stock(t *testing.T, w *world, address string) int {
	res, err := w.http.Get(address) //nolint:noctx // the client has a timeout
	if err != nil {
		t.Errorf("read: %v", err)
		return updates
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	var got struct {
		Stock *int
		Items []struct{ Stock int }
	}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s: status %d, %v", address, res.StatusCode, err)
		return updates
	}
	if got.Stock != nil {
		return *got.Stock
	}
	if len(got.Items) != 1 {
		t.Errorf("%s: %d items", address, len(got.Items))
		return updates
	}
	return got.Items[0].Stock
}

func (o *observed) report(t *testing.T) {
	t.Helper()
	slices.Sort(o.late)
	total := 0
	for _, n := range o.reads {
		total += n
	}
	slow, worst := 0, time.Duration(0)
	for _, age := range o.late {
		worst = age
		if age > noticeable {
			slow++
		}
	}
	t.Logf("%d updates in %v, %d reads (%v): %d saw a replaced value, %d of them more than %v after it was, at most %v",
		updates, time.Since(o.begin).Round(time.Millisecond), total, o.reads, len(o.late), slow, noticeable, worst)
	require.Empty(t, o.broken, "%d reads", len(o.broken))
	require.Greater(t, total, updates)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
