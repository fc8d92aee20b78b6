package token

import (
	"context"
	"time"
)

const (
	// A log that has not been read for a moment is taken to be slow, and requests
	// wait for it; one that cannot be read for so long is away.
	awayAfter = 2 * time.Second
	patience  = 1500 * time.Millisecond // of one request
	lookAgain = 20 * time.Millisecond

	// trustForOwn is how long people may read their own data while nobody can tell
	// whether their rights have ended.
	trustForOwn = time.Minute
)

// freshness says how far what is known of a log can be believed.
type freshness int

const (
	fresh freshness = iota // it is not older than the lease of a follower, a second
	slow                   // it may become fresh any moment
	away                   // it will not soon
)

func (v *Verifier) freshness(log *followed) (freshness, time.Duration) {
	ready := log.isReady()
	age := v.now().Sub(v.started) // before the first snapshot nothing is known
	if ready {
		age = log.follower.Age()
	}
	switch {
	case ready && log.follower.Fresh():
		return fresh, age
	case age >= awayAfter && (!ready || log.follower.OutOfReach()):
		return away, age
	}
	return slow, age
}

// Fresh tells whether revocations are known up to this moment, or nearly so.
func (v *Verifier) Fresh() bool {
	for _, log := range []*followed{v.accounts, v.sessions} {
		if !log.isReady() || !log.follower.Fresh() {
			return false
		}
	}
	return true
}

// ended fails if what the caller's token says has ended. It returns stale if that
// cannot be known well enough; see upToDate.
func (v *Verifier) ended(ctx context.Context, c Caller, ownRead bool) (stale, err error) {
	stale = v.upToDate(ctx, ownRead) // first, so that the revocations looked up after it are the newest
	return stale, v.revoked(c)
}

// upToDate returns nil when all revocations of a second ago are known: what is
// looked up afterwards has them. It waits for a log that is slow. If one is
// away it returns nil only for somebody who reads their own data, and only for
// a minute.
func (v *Verifier) upToDate(ctx context.Context, ownRead bool) error {
	if v.Fresh() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		waits := false
		for _, log := range []*followed{v.accounts, v.sessions} {
			switch f, age := v.freshness(log); {
			case f == slow:
				waits = true
			case f == away && (!ownRead || age > trustForOwn):
				return ErrUnavailable.After(time.Second)
			}
		}
		if !waits {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ErrUnavailable.After(time.Second)
		}
	}
}
