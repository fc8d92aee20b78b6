package coherent

import (
	"cmp"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

// Config is what a [Cache] needs. Zero values stand for the defaults.
type Config struct {
	Name  string       // of what is cached, for the log
	Store SecondLevel  // shared by replicas; nil: none
	Log   *slog.Logger // nil: none

	ItemBytes   uint64        // room for items in this process; 64 MiB
	ListBytes   uint64        // room for lists in this process; 64 MiB
	LoadTimeout time.Duration // longest time for one Load; 3 s
}

// Cache answers reads from the first level, the second level or the database,
// whichever is the first that is proven right. It is the sink of a follower,
// from which it learns what has become invalid, and is safe for concurrent use.
type Cache struct {
	name        string
	log         *slog.Logger
	loadTimeout time.Duration

	position atomic.Pointer[Position]
	l1       *firstLevel
	store    SecondLevel
	count    counters
	hits     hits

	fetches flights // through the second level
	loads   flights // from the database
	slots   chan struct{}
	breaker *gobreaker.CircuitBreaker[result] // of loads without a lease

	recent    recent
	repairing sync.Mutex // held by the reader that brings the second level up to date
}

// New returns a Cache that reads everything from the database until it follows
// a position.
func New(cfg Config) *Cache {
	const room = 64 << 20
	return &Cache{
		breaker:     newBreaker(),
		name:        cfg.Name,
		log:         cmp.Or(cfg.Log, slog.New(slog.DiscardHandler)),
		loadTimeout: cmp.Or(cfg.LoadTimeout, 3*time.Second),
		l1:          newFirstLevel(cmp.Or(cfg.ItemBytes, room), cmp.Or(cfg.ListBytes, room)),
		store:       cfg.Store,
		hits:        make(hits, hitsKept),
		slots:       make(chan struct{}, loadSlots),
	}
}

// Follow tells c how far the log is followed. The follower is made with c as
// its sink, so it is set after [New], once, and before its Run.
func (c *Cache) Follow(p Position) { c.position.Store(&p) }

// Close ends the housekeeping of c. It is for tests that count goroutines; a
// Cache that is no longer used is collected without it.
func (c *Cache) Close() { c.l1.close() }
