package coherent_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
)

// chaos is a few replicas around one database, in which every message takes its
// time and everything may fail. Its time is that of a bubble, and its luck that
// of a seed.
type chaos struct {
	db      *history
	shared  []*memoryl2.Store
	members []*member
	work    sync.WaitGroup

	mu  sync.Mutex
	rng *rand.Rand
}

func newChaos(seed uint64) *chaos {
	c := &chaos{db: newHistory(), rng: rand.New(rand.NewPCG(seed, 0))}
	c.shared = []*memoryl2.Store{memoryl2.New(time.Now), memoryl2.New(time.Now)}
	for i := range 3 {
		m := &member{chaos: c, store: c.shared[i/2]} // two share a second level
		c.members = append(c.members, m)
	}
	return c
}

func (c *chaos) below(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rng.IntN(n)
}

func (c *chaos) oneIn(n int) bool { return c.below(n) == 0 }

// pause lets others go on, for up to d.
func (c *chaos) pause(d time.Duration) { time.Sleep(time.Duration(c.below(int(d))) + 1) }

// member is a replica: one process after another with a cache and a follower.
type member struct {
	*chaos
	store *memoryl2.Store

	dbAway, dbFrozen, storeAway, busAway outage

	process atomic.Pointer[process]
	stop    func()
	own     atomic.Int64 // the moment of the last write that was acknowledged here
}

type process struct {
	cache    *coherent.Cache
	follower *commitlog.Follower
	receive  chan []byte
}

// outage is a time during which something cannot be reached.
type outage struct{ until atomic.Int64 }

func (o *outage) begin(d time.Duration) { o.until.Store(time.Now().Add(d).UnixNano()) }

func (o *outage) now() bool { return time.Now().UnixNano() < o.until.Load() }

// start starts a process, and ends the one before.
func (m *member) start(ctx context.Context) {
	if m.stop != nil {
		m.stop()
	}
	ctx, m.stop = context.WithCancel(ctx)
	cache := coherent.New(coherent.Config{Name: "chaos", Store: link{m}, LoadTimeout: 2 * time.Second})
	p := &process{cache: cache, receive: make(chan []byte, 64)}
	p.follower = commitlog.NewFollower(commitlog.Config{Source: source{m}, Sink: cache, Bus: bus{m, p}})
	cache.Follow(p.follower)
	m.process.Store(p)
	m.work.Go(func() {
		defer cache.Close()
		_ = p.follower.Run(ctx)
	})
}

// toDatabase is one way to the database or back.
func (m *member) toDatabase(ctx context.Context) error {
	m.pause(2 * time.Millisecond)
	if m.oneIn(50) {
		m.pause(300 * time.Millisecond)
	}
	if m.dbAway.now() {
		return errUnreachable
	}
	for m.dbFrozen.now() && ctx.Err() == nil {
		m.pause(50 * time.Millisecond)
	}
	return context.Cause(ctx)
}

func (m *member) load(n int) coherent.Load {
	return func(ctx context.Context) (coherent.Entry, error) {
		if err := m.toDatabase(ctx); err != nil {
			return coherent.Entry{}, err
		}
		e := m.db.read(n)
		return e, m.toDatabase(ctx)
	}
}

// bus carries messages to all members, if it happens to.
type bus struct {
	*member
	p *process
}

func (b bus) Publish(_ context.Context, _ string, data []byte) error {
	for _, m := range b.members {
		p := m.process.Load()
		for range 1 + b.below(12)/11 { // some twice
			if b.busAway.now() || m.busAway.now() || b.oneIn(10) {
				continue
			}
			b.work.Go(func() {
				b.pause(20 * time.Millisecond)
				select {
				case p.receive <- data:
				default:
				}
			})
		}
	}
	return nil
}

func (b bus) Subscribe(_ string, receive func(context.Context, []byte), _ func()) (func(), error) {
	done := make(chan struct{})
	b.work.Go(func() {
		for {
			select {
			case data := <-b.p.receive:
				receive(context.Background(), data)
			case <-done:
				return
			}
		}
	})
	return func() { close(done) }, nil
}

// link is the way of a member to its second level.
type link struct{ *member }

// travel calls do. The call may fail before or after it has had its effect, or
// have it when nobody waits for it any more.
func travel[T any](ctx context.Context, l link, do func() (T, error)) (T, error) {
	var none T
	l.pause(time.Millisecond)
	if l.storeAway.now() || ctx.Err() != nil {
		return none, errUnreachable
	}
	if l.oneIn(60) {
		l.work.Go(func() {
			l.pause(400 * time.Millisecond)
			_, _ = do()
		})
		return none, errUnreachable
	}
	got, err := do()
	l.pause(time.Millisecond)
	if l.oneIn(60) {
		return none, errUnreachable
	}
	return got, err
}

func (l link) Get(ctx context.Context, c coherent.Claim, need int64, lease time.Duration) (coherent.Found, error) {
	return travel(ctx, l, func() (coherent.Found, error) { return l.store.Get(ctx, c, need, lease) })
}

func (l link) Peek(ctx context.Context, key coherent.Key, epoch int64) (coherent.Found, error) {
	return travel(ctx, l, func() (coherent.Found, error) { return l.store.Peek(ctx, key, epoch) })
}

func (l link) Fill(ctx context.Context, c coherent.Claim, e coherent.Entry, ttl time.Duration) (bool, error) {
	return travel(ctx, l, func() (bool, error) { return l.store.Fill(ctx, c, e, ttl) })
}

func (l link) Release(ctx context.Context, c coherent.Claim) error {
	_, err := travel(ctx, l, func() (bool, error) { return true, l.store.Release(ctx, c) })
	return err
}

func (l link) Apply(ctx context.Context, ev commitlog.Event) (int64, error) {
	return travel(ctx, l, func() (int64, error) { return l.store.Apply(ctx, ev) })
}

func (l link) Begin(ctx context.Context, head commitlog.Head) (bool, error) {
	return travel(ctx, l, func() (bool, error) { return l.store.Begin(ctx, head) })
}

func (l link) Reset(ctx context.Context, head commitlog.Head) (bool, error) {
	return travel(ctx, l, func() (bool, error) { return l.store.Reset(ctx, head) })
}
