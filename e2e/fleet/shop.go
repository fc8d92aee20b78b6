package fleet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// shop is a system with products, and people who use it.
type shop struct {
	client   *client
	ledger   *ledger
	run      string       // is in the names of all that this run makes
	admin    atomic.Value // the access token, a string
	still    []string     // products that nobody changes
	changing []string
	stock    atomic.Int64
	people   atomic.Int64
}

// Few enough for every replica to be asked for each many times in the warm-up.
const (
	stillProducts    = 25
	changingProducts = 100
)

var errPrepare = errors.New("refused")

// open signs in and makes the products that are read.
func (s *shop) open(ctx context.Context, cfg Config) error {
	s.run = strings.ToLower(rand.Text()[:8])
	who, ok := s.signIn(cfg.Username, cfg.Password)
	if !ok {
		return fmt.Errorf("sign in as %q: %w", cfg.Username, errPrepare)
	}
	s.admin.Store(who.Access)
	made := make([]string, 0, stillProducts+changingProducts)
	for range cap(made) {
		id, ok := s.create()
		if !ok || ctx.Err() != nil {
			return fmt.Errorf("create a product: %w", errPrepare)
		}
		made = append(made, id)
	}
	s.still, s.changing = made[:stillProducts], made[stillProducts:]
	return nil
}

// serve starts everybody. They work until ctx is done; the channel is closed
// when all have finished.
func (s *shop) serve(ctx context.Context, cfg Config) <-chan struct{} {
	var all sync.WaitGroup
	for range cfg.Readers {
		all.Go(func() { every(ctx, cfg.Readers, cfg.ReadRate, s.read) })
	}
	for i := range cfg.Writers {
		w := &writer{shop: s, own: part(s.changing, i, cfg.Writers)}
		all.Go(func() { every(ctx, cfg.Writers, cfg.WriteRate, w.write) })
	}
	all.Go(func() { every(ctx, 1, cfg.PeopleRate, s.newcomer) })
	all.Go(func() { s.administrate(ctx, cfg) })
	done := make(chan struct{})
	go func() {
		defer close(done)
		all.Wait()
	}()
	return done
}

// every calls do as often as one of n workers has to for all of them to reach
// rate together, or as often as it can.
func every(ctx context.Context, n int, rate float64, do func()) {
	if rate <= 0 {
		return
	}
	interval := time.Duration(float64(n) / rate * float64(time.Second))
	next := time.Now().Add(time.Duration(mathrand.Int64N(int64(interval)))) //nolint:gosec // only to spread them
	for pause(ctx, time.Until(next)) == nil {
		do()
		next = next.Add(interval)
		if late := time.Now(); next.Before(late) {
			next = late
		}
	}
}

// part returns the i-th of n parts.
func part(all []string, i, n int) (own []string) {
	for ; i < len(all); i += n {
		own = append(own, all[i])
	}
	return own
}

// read reads something.
func (s *shop) read() {
	switch n := mathrand.IntN(100); { //nolint:gosec // nothing depends on it
	case n < 45:
		s.client.do(readStill, request{method: "GET", path: "/api/v1/products/" + oneOf(s.still)})
	case n < 75:
		s.readChanging(oneOf(s.changing))
	case n < 85:
		s.client.do(list, request{method: "GET", path: "/api/v1/products?page_size=5&page=" + strconv.Itoa(1+n%10)})
	case n < 90:
		s.client.do(search, request{method: "GET", path: "/api/v1/products/search?page_size=5&q=" + url.QueryEscape(s.run)})
	case n < 95:
		s.client.do(readAccount, request{method: "GET", path: "/api/v1/auth/me", token: s.token()})
	default:
		s.client.do(findAccount, request{method: "GET", path: "/api/v1/users?page_size=5", token: s.token()})
	}
}

func oneOf(ids []string) string { return ids[mathrand.IntN(len(ids))] } //nolint:gosec // nothing depends on it

func (s *shop) token() string { return s.admin.Load().(string) }

type productBody struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Stock   int    `json:"stock"`
}

// readChanging reads a product, which must not be older than it may be.
func (s *shop) readChanging(id string) {
	begin := time.Now()
	oldest := s.ledger.oldest(id, begin)
	a, ok := s.client.do(readChanging, request{method: "GET", path: "/api/v1/products/" + id})
	if !ok {
		return
	}
	var p productBody
	if err := a.into(&p); err != nil || p.ID != id {
		s.client.tally.failed(readChanging, begin, "wrong answer", a.id, fmt.Sprintf("%.200s", a.body))
		return
	}
	if p.Version < oldest && !a.stale {
		s.client.tally.failed(readChanging, begin, kindOld, a.id, fmt.Sprintf("version %d, but %d was acknowledged before", p.Version, oldest))
	}
}

// kindOld is the kind of failure that no outage excuses.
const kindOld = "old value, unlabelled"

func (s *shop) newStock() int { return int(s.stock.Add(1) % math.MaxInt32) }
