package token

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"stockroom/pkg/commitlog"
)

// The logs that tell of rights taken away, by where their commits are announced,
// and the kinds of commits that do it.
const (
	// UsersLog is the log of accounts. A commit of KindAuthz changed what its
	// accounts may do: role, status or password. Its number is the new
	// authz_version of each.
	UsersLog  = "stockroom.users.log"
	KindAuthz = "authz"

	// AuthLog is the log of sessions. A commit of KindEnded ended its sessions.
	AuthLog   = "stockroom.auth.log"
	KindEnded = "ended"
)

const (
	// revocationLifetime is longer than any token lives that was made before.
	revocationLifetime = 15 * time.Minute
	pruneEvery         = time.Minute
)

// Snapshot lists what was revoked lately, as of Seq.
type Snapshot struct {
	Epoch int64      `json:"epoch"`
	Seq   int64      `json:"seq"`
	Items []Revision `json:"items"`
}

// Revision is the newest version of an account's rights, or a session that has
// ended.
type Revision struct {
	ID      string `json:"id"`
	Version int64  `json:"av,omitempty" doc:"Of an account: tokens of an earlier version are void. A session has none, all its tokens are void"`
}

// Rights is where it can be read what was taken away: a log, and which of its
// recent commits still matter.
type Rights interface {
	commitlog.Source
	Revocations(ctx context.Context) (Snapshot, error)
}

// revocations knows the lowest version that a token must be of, by what the log
// names. It is the [commitlog.Sink] of a follower of that log.
//
// What it holds is bounded by the time that an entry lives: a quarter of an hour
// of changes.
type revocations struct {
	kind string // of the commits that count
	load func(context.Context) (Snapshot, error)
	now  func() time.Time

	mu     sync.RWMutex
	lowest map[string]revocation
	pruned time.Time
	ready  atomic.Bool
}

type revocation struct {
	version int64
	until   time.Time
}

var _ commitlog.Sink = (*revocations)(nil)

func newRevocations(kind string, load func(context.Context) (Snapshot, error), now func() time.Time) *revocations {
	return &revocations{kind: kind, load: load, now: now, lowest: make(map[string]revocation)}
}

// refuses tells whether a token made for that version of what id names has been
// overtaken. Versions are compared, not times: no clocks are involved, and a
// token signed from stale data in the same moment is refused too.
func (r *revocations) refuses(id string, version int64) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return version < r.lowest[id].version
}

// isReady tells whether a snapshot has been read.
func (r *revocations) isReady() bool { return r.ready.Load() }

// Apply takes note of a commit.
func (r *revocations) Apply(_ context.Context, e commitlog.Event) error {
	r.note(e)
	return nil
}

// Forget takes note of a commit that came out of order, which is as safe.
func (r *revocations) Forget(e commitlog.Event) {
	r.note(e)
}

func (r *revocations) note(e commitlog.Event) {
	if e.Kind != r.kind {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.prune()
	for _, id := range e.IDs {
		r.raise(id, e.Seq)
	}
}

func (r *revocations) raise(id string, version int64) {
	if version >= r.lowest[id].version {
		r.lowest[id] = revocation{version, r.now().Add(revocationLifetime)}
	}
}

func (r *revocations) prune() {
	now := r.now()
	if now.Sub(r.pruned) < pruneEvery {
		return
	}
	r.pruned = now
	for id, v := range r.lowest {
		if now.After(v.until) {
			delete(r.lowest, id)
		}
	}
}

// Reset adds the revocations that the log up to head would have told of. What
// is known already stays: numbers of commits only rise, also into a new epoch.
func (r *revocations) Reset(ctx context.Context, head commitlog.Head) error {
	s, err := r.load(ctx)
	if err != nil {
		return fmt.Errorf("load revocations: %w", err)
	}
	if s.Epoch != head.Epoch || s.Seq < head.Seq {
		return fmt.Errorf("load revocations: they are of %d.%d, before %d.%d", s.Epoch, s.Seq, head.Epoch, head.Seq)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, item := range s.Items {
		r.raise(item.ID, max(item.Version, 1)) // that of a session is before every commit
	}
	r.ready.Store(true)
	return nil
}
