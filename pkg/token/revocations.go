package token

import (
	"context"
	"fmt"
	"sync"
	"time"

	"stockroom/pkg/commitlog"
)

const (
	// Subject is where users announces its commits.
	Subject = "stockroom.users.log"
	// KindAuthz marks commits that changed what their accounts may do: role,
	// status or password. The sequence number is the new authz_version of each.
	KindAuthz = "authz"

	// revocationLifetime is longer than any token lives that was made before.
	revocationLifetime = 15 * time.Minute
	pruneEvery         = time.Minute
)

// Snapshot lists the accounts whose rights changed lately, as of Seq.
type Snapshot struct {
	Epoch int64      `json:"epoch"`
	Seq   int64      `json:"seq"`
	Items []Revision `json:"items"`
}

// Revision is the newest authz_version of an account.
type Revision struct {
	Account      string `json:"id"`
	AuthzVersion int64  `json:"av"`
}

// Rights is where changes of rights can be read: the log of users, and which
// of its recent commits still matter.
type Rights interface {
	commitlog.Source
	Revocations(ctx context.Context) (Snapshot, error)
}

// Revocations knows the lowest authz_version that a token of an account must
// have. It is the [commitlog.Sink] of a follower of the users log.
type Revocations struct {
	load func(context.Context) (Snapshot, error)
	now  func() time.Time

	mu     sync.RWMutex
	lowest map[string]revocation
	pruned time.Time
	ready  bool
}

type revocation struct {
	version int64
	until   time.Time
}

var _ commitlog.Sink = (*Revocations)(nil)

func newRevocations(load func(context.Context) (Snapshot, error), now func() time.Time) *Revocations {
	return &Revocations{load: load, now: now, lowest: make(map[string]revocation)}
}

// Refuses tells whether a token made for that version of the account's rights
// has been overtaken. Versions are compared, not times: no clocks are involved,
// and a token signed from stale data in the same moment is refused too.
func (r *Revocations) Refuses(account string, version int64) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return version < r.lowest[account].version
}

// Ready tells whether a snapshot has been read.
func (r *Revocations) Ready() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.ready
}

// Apply takes note of a commit.
func (r *Revocations) Apply(_ context.Context, e commitlog.Event) error {
	r.note(e)
	return nil
}

// Forget takes note of a commit that came out of order, which is as safe.
func (r *Revocations) Forget(e commitlog.Event) {
	r.note(e)
}

func (r *Revocations) note(e commitlog.Event) {
	if e.Kind != KindAuthz {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.prune()
	for _, id := range e.IDs {
		r.raise(id, e.Seq)
	}
}

func (r *Revocations) raise(account string, version int64) {
	if version >= r.lowest[account].version {
		r.lowest[account] = revocation{version, r.now().Add(revocationLifetime)}
	}
}

func (r *Revocations) prune() {
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
func (r *Revocations) Reset(ctx context.Context, head commitlog.Head) error {
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
		r.raise(item.Account, item.AuthzVersion)
	}
	r.ready = true
	return nil
}
