package token

import (
	"context"
	"errors"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
)

// followed is what a verifier knows of one log.
type followed struct {
	*revocations
	follower *commitlog.Follower
}

func follow(cfg Config, from Rights, subject, kind string) *followed {
	r := newRevocations(kind, from.Revocations, cfg.Now)
	return &followed{r, commitlog.NewFollower(commitlog.Config{
		Source: from, Sink: r, Bus: cfg.Bus, Subject: subject, Log: cfg.Log,
	})}
}

// Measure shows in t how well revocations are followed. Call it before Run.
func (v *Verifier) Measure(t *telemetry.Telemetry) {
	v.accounts.follower.Measure(t, "users")
	v.sessions.follower.Measure(t, "auth")
}

// startPatience is for auth and users to be there when a verifier starts.
const startPatience = 10 * time.Second

var errStarting = errors.New("signing keys or revocations are not known yet")

// Started fails as long as the verifier still learns what it needs to decide,
// so that a replica that has just started gets no requests that it would turn
// away. It does not wait for ever: services that all start at once wait for
// each other.
func (v *Verifier) Started(context.Context) error {
	if v.keys.set.Load() != nil && v.ready() || v.now().Sub(v.started) > startPatience {
		return nil
	}
	return errStarting
}

// ready tells whether a snapshot of each log has been read.
func (v *Verifier) ready() bool { return v.accounts.isReady() && v.sessions.isReady() }

// AccountsCommitted tells the verifier of a commit of this process in the log of
// users, and through the bus all others. Here it counts when AccountsCommitted
// returns, whether or not the verifier runs: users calls it before it answers.
func (v *Verifier) AccountsCommitted(ctx context.Context, e commitlog.Event) {
	v.accounts.committed(ctx, e)
}

// SessionsCommitted is what AccountsCommitted is, for auth and its log.
func (v *Verifier) SessionsCommitted(ctx context.Context, e commitlog.Event) {
	v.sessions.committed(ctx, e)
}

func (f *followed) committed(ctx context.Context, e commitlog.Event) {
	f.Forget(e)
	f.follower.Committed(ctx, e)
}
