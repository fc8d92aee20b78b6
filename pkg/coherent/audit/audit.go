// Package audit checks from outside whether caches tell the truth: it follows the
// log without a cache, asks replicas what they hold for some keys, and compares
// that with the database.
package audit

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/run"
)

// Replica is a process with a cache.
type Replica interface {
	// Name says which one it is.
	Name() string
	// Peek returns what it holds for key, see [coherent.Cache.Peek].
	Peek(ctx context.Context, key coherent.Key) (coherent.Peek, error)
	// Hits returns keys that it has answered from its cache lately.
	Hits(ctx context.Context, most int) ([]coherent.Key, error)
}

// Config is what an [Auditor] needs. Zero durations have the values that
// docs/coherence.md speaks of.
type Config struct {
	Cache  string           // the name of the caches
	Source commitlog.Source // their log
	// Load returns how the caches read a key from the database that takes the
	// writes, and false if it cannot tell.
	Load func(key coherent.Key) (coherent.Load, bool)
	// Replicas returns the replicas that there are at the moment.
	Replicas func(ctx context.Context) []Replica
	Log      *slog.Logger

	Every time.Duration // from the end of a round to the next; 1 s
	After time.Duration // how long after a commit everybody must have heard of it; 1.1 s
}

const (
	every = time.Second
	// after is the lease, and a tenth of it for clocks that run apart.
	after = 1100 * time.Millisecond

	roundTime = 5 * time.Second // longest time for a round
	askTime   = 500 * time.Millisecond
	asksEach  = 24 // questions to replicas in a round, about
)

// Auditor compares what replicas hold with the database. It takes samples, and
// what it does in a second is bounded whatever they do: of commits, whether a
// replica that relies on what it knows has heard of them in time; of the values
// that commits have touched and of those that were answered from caches, whether
// they are what the database holds.
type Auditor struct {
	cfg      Config
	at       commitlog.Head // what has been followed
	touched  []sample       // by commits, and not looked at yet
	silent   map[string]bool
	reported map[string]bool
	count    counters
}

// New returns an auditor.
func New(cfg Config) *Auditor {
	cfg.Every = cmp.Or(cfg.Every, every)
	cfg.After = cmp.Or(cfg.After, after)
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler)).With("cache", cfg.Cache)
	return &Auditor{cfg: cfg, silent: map[string]bool{}, reported: map[string]bool{}, count: newCounters()}
}

// Run audits until ctx is done, and returns nil then.
func (a *Auditor) Run(ctx context.Context) error {
	for run.Pause(ctx, a.cfg.Every) {
		a.round(ctx)
	}
	return nil
}

func (a *Auditor) round(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	if a.follow(ctx) != nil {
		return // whoever follows the log with a cache says why
	}
	asked := a.ask(ctx, a.cfg.Replicas(ctx))
	if len(asked.replicas) == 0 {
		return
	}
	keys := max(2, asksEach/len(asked.replicas))
	due := a.due(time.Now(), keys/2)
	for _, one := range append(due, asked.hits(ctx, keys-len(due))...) {
		if a.check(ctx, one, asked) != nil {
			return
		}
	}
}
