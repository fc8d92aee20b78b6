package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// load is clients that read a few products, which are cached, and write others.
type load struct {
	t        *testing.T
	w        *world
	token    atomic.Pointer[string] // of the administrator
	products []product
	list     string

	stop    chan struct{}
	clients sync.WaitGroup
	closed  atomic.Bool // nothing can be read

	fresh, stale, written, refused atomic.Int64

	mu   sync.Mutex
	made []product // what was acknowledged
}

func newLoad(t *testing.T, w *world) *load {
	t.Helper()
	l := &load{t: t, w: w, stop: make(chan struct{})}
	l.renew()
	category := unique("c")
	for range 5 {
		l.products = append(l.products, w.product(t, fields{"category": category}))
	}
	l.list = productsPath + "?category=" + category
	for _, at := range w.system.Catalogs { // every replica has all of it
		for _, p := range l.products {
			l.ask(http.MethodGet, at+p.path(), "", nil)
		}
		l.ask(http.MethodGet, at+l.list, "", nil)
	}
	for range 2 {
		l.begin(l.read)
		l.begin(l.write)
	}
	return l
}

// renew takes a token that is good for minutes.
func (l *load) renew() {
	l.t.Helper()
	token := l.w.admin(l.t).token
	l.token.Store(&token)
}

func (l *load) begin(work func(round int)) {
	l.clients.Go(func() {
		for round := 0; !l.t.Failed(); round++ {
			select {
			case <-l.stop:
				return
			case <-time.After(2 * time.Millisecond):
				work(round)
			}
		}
	})
}

// ask sends a request that presents no commit, and checks nothing.
func (l *load) ask(method, url, token string, body any) answer {
	data, err := json.Marshal(body)
	if err != nil {
		l.t.Error(err)
	}
	req, err := http.NewRequestWithContext(l.t.Context(), method, url, bytes.NewReader(data))
	if err != nil {
		l.t.Error(err)
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := l.w.fetch(l.t, req)
	if err != nil {
		l.t.Errorf("%s %s: %v", method, url, err)
		return answer{t: l.t, Response: &http.Response{Request: req, Status: "none"}}
	}
	return a
}

func (l *load) read(round int) {
	p := l.products[round%len(l.products)]
	path := p.path()
	if round%3 == 0 {
		path = l.list
	}
	a := l.ask(http.MethodGet, l.w.system.URL+path, "", nil)
	if l.closed.Load() && a.StatusCode >= http.StatusInternalServerError {
		return
	}
	if a.StatusCode != http.StatusOK || path != l.list && !strings.Contains(string(a.body), p.SKU) {
		l.t.Errorf("what is cached is not answered: %s", a)
	}
	if strings.Contains(a.Header.Get("Cache-Status"), "stale-if-error") {
		if a.Header.Get("Catalog-As-Of") == "" {
			l.t.Errorf("stale as of when? %v", a.Header)
		}
		l.stale.Add(1)
		return
	}
	l.fresh.Add(1)
}

func (l *load) write(int) {
	a := l.ask(http.MethodPost, l.w.system.URL+productsPath, *l.token.Load(), draft(nil))
	switch a.StatusCode {
	case http.StatusCreated:
		var p product
		if err := json.Unmarshal(a.body, &p); err != nil {
			l.t.Errorf("%v: %s", err, a)
		}
		l.mu.Lock()
		l.made = append(l.made, p)
		l.mu.Unlock()
		l.written.Add(1)
	case http.StatusBadGateway: // it died with the request
	case http.StatusServiceUnavailable:
		if a.Header.Get("Retry-After") == "" {
			l.t.Errorf("refused until when? %s", a)
		}
		l.refused.Add(1)
	default:
		l.t.Errorf("neither written nor refused: %s", a)
	}
}

// await waits until n has grown by a few.
func (l *load) await(why string, n *atomic.Int64) {
	l.t.Helper()
	want := n.Load() + 20
	eventually(l.t, time.Minute, why, func() bool { return l.t.Failed() || n.Load() >= want })
	require.False(l.t, l.t.Failed())
}

// recovers waits until reads and writes are as ever.
func (l *load) recovers(name string, begun time.Time) {
	l.t.Helper()
	written, fresh := l.written.Load(), l.fresh.Load()
	eventually(l.t, time.Minute, "writes are made again", func() bool { return l.written.Load() > written })
	wrote := time.Since(begun)
	eventually(l.t, time.Minute, "reads are right again", func() bool { return l.fresh.Load() > fresh })
	l.t.Logf("%s: a write %v after its start began, a read that is not labelled at the latest after %v", name, wrote, time.Since(begun))
	stale := l.stale.Load()
	eventually(l.t, time.Minute, "no read is labelled any more", func() bool {
		before := l.fresh.Load()
		eventually(l.t, time.Minute, "reads go on", func() bool { return l.fresh.Load() > before+50 })
		was := stale
		stale = l.stale.Load()
		return stale == was
	})
}

// end ends the load, and looks for everything that was acknowledged.
func (l *load) end() {
	l.t.Helper()
	close(l.stop)
	l.clients.Wait()
	for _, p := range l.made {
		require.Equal(l.t, p, l.w.anyone().get(l.t, p.path()).want(http.StatusOK).product())
	}
	l.t.Logf("%d writes acknowledged, %d refused; %d reads, and %d labelled",
		l.written.Load(), l.refused.Load(), l.fresh.Load(), l.stale.Load())
}
