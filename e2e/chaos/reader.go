package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"stockroom/e2e/chaos/history"
)

// reader asks one replica for products and lists.
type reader struct {
	run    *run
	rng    *rand.Rand
	client *client
	every  time.Duration
	tags   map[string]string        // the ETag of the last answer from each path
	pages  map[uint64]*history.Page // read before, by the hash of the body: many are the same
	seed   maphash.Seed
	reads  []history.Read
	failed map[string]int
}

func (r *run) reader(n int) *reader {
	return &reader{
		run: r, rng: r.rng(uint64(200 + n)), client: r.shop.client(n%len(r.shop.replicas), readTimeout), every: r.options.Pause,
		tags: map[string]string{}, pages: map[uint64]*history.Page{}, seed: maphash.MakeSeed(), failed: map[string]int{},
	}
}

// work reads until ctx is done.
func (r *reader) work(ctx context.Context) error {
	const afterFailure = 20 * time.Millisecond
	wait := time.Duration(0)
	for pause(ctx, wait+r.every) {
		answered, err := r.next()
		if err != nil {
			return err
		}
		if wait = 0; !answered {
			wait = afterFailure
		}
	}
	return nil
}

// next asks one question: about a product, or for a list, a tenth of these by a
// search; some of them with a token, and some with what is known already.
func (r *reader) next() (answered bool, err error) {
	read := history.Read{Product: r.run.book.any(r.rng)}
	path := productsPath + "/" + read.Product
	if read.Product == "" || r.rng.IntN(10) < 4 {
		read.Product = ""
		read.List, path = r.list()
	}
	present := r.rng.IntN(5) == 0
	known := ""
	if r.rng.IntN(5) == 0 {
		known = r.tags[path]
	}
	return r.ask(read, path, present, known)
}

func (r *reader) list() (l history.List, path string) {
	const whole, some = 100, 10
	n := r.rng.IntN(writers)
	switch r.rng.IntN(3) {
	case 0:
		l = history.List{Page: 1 + r.rng.IntN(3), Size: some}
		return l, fmt.Sprintf("%s?page=%d&page_size=%d", productsPath, l.Page, l.Size)
	case 1:
		l = history.List{Category: category(n), Page: 1, Size: whole}
		return l, fmt.Sprintf("%s/search?q=%s/&page_size=%d", productsPath, l.Category, l.Size)
	default:
		l = history.List{Category: category(n), Page: 1, Size: whole}
		return l, fmt.Sprintf("%s?category=%s&page_size=%d", productsPath, l.Category, l.Size)
	}
}

// ask asks for path, and takes note of an answer.
func (r *reader) ask(read history.Read, path string, present bool, known string) (answered bool, err error) {
	c := r.client
	c.req.Reset()
	if token := r.run.book.newest.Load(); present && token != nil {
		c.req.Header.Set("Catalog-Min-Seq", token.String())
		read.Token = token.seq
	}
	if known != "" {
		c.req.Header.Set("If-None-Match", known)
	}
	read.Replica, read.Begin = c.replica, r.run.diary.now()
	status, err := c.do(http.MethodGet, path)
	read.End = r.run.diary.now()
	if err != nil || status >= http.StatusInternalServerError {
		r.failed[r.run.failure(c, status, err)]++
		return false, nil
	}
	if err := r.understand(&read, status); err != nil {
		return false, fmt.Errorf("%s: status %d: %w: %.300s", path, status, err, c.res.Body())
	}
	r.tags[path] = c.header("ETag")
	r.reads = append(r.reads, read)
	return true, nil
}

// understand fills in what the answer says.
func (r *reader) understand(read *history.Read, status int) (err error) {
	c := r.client
	read.Origin, _, _ = strings.Cut(c.header("Cache-Status"), "; ttl")
	if read.Stale, err = parseStale(c.header("Cache-Status"), c.header("Catalog-As-Of")); err != nil {
		return err
	}
	tag := strings.Trim(strings.TrimPrefix(c.header("ETag"), "W/"), `"`)
	switch {
	case status == http.StatusNotFound && read.Product != "":
		return nil
	case status != http.StatusOK && status != http.StatusNotModified:
		return fmt.Errorf("unexpected status")
	case read.Product == "":
		at, err := parseCommit(tag)
		read.Version = at.seq
		if err == nil && status == http.StatusOK {
			read.Page, err = r.page(c.res.Body())
		}
		return err
	case status == http.StatusNotModified:
		read.Stock = -1
		_, err = fmt.Sscan(tag, &read.Version)
		return err
	}
	var p productBody
	if err := json.Unmarshal(c.res.Body(), &p); err != nil {
		return err
	}
	if p.ID != read.Product || fmt.Sprint(p.Version) != tag {
		return fmt.Errorf("the answer is %+v, its ETag %s", p, tag)
	}
	read.Version, read.Stock = p.Version, p.Stock
	return nil
}

func (r *reader) page(body []byte) (*history.Page, error) {
	const enough = 10_000
	hash := maphash.Bytes(r.seed, body)
	if p, ok := r.pages[hash]; ok {
		return p, nil
	}
	if len(r.pages) > enough {
		clear(r.pages)
	}
	p, err := parsePage(body)
	if err == nil {
		r.pages[hash] = p
	}
	return p, err
}
