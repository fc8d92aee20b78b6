package token

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	refetchEvery = 10 * time.Second       // for an unknown kid, which anybody can invent
	firstEvery   = 250 * time.Millisecond // as long as there are no keys at all
	pollEvery    = time.Minute
	pollRetry    = 5 * time.Second
	fetchTimeout = 2 * time.Second
	turnTimeout  = 3 * time.Second // to wait for the fetches of others
)

// keys holds the last good set of signing keys. It outlives the service that
// publishes them: a failed fetch changes nothing.
type keys struct {
	fetch func(context.Context) ([]byte, error)
	every func() time.Duration // between two fetches, if no kid is unknown
	now   func() time.Time
	log   *slog.Logger

	set   atomic.Pointer[keySet]
	turn  chan struct{} // holds one token; whoever has it may fetch
	tried time.Time     // guarded by turn
	away  bool          // guarded by turn: the last fetch failed, and it was logged
}

func newKeys(
	fetch func(context.Context) ([]byte, error), every func() time.Duration, now func() time.Time, log *slog.Logger,
) *keys {
	k := &keys{fetch: fetch, every: every, now: now, log: log, turn: make(chan struct{}, 1)}
	k.turn <- struct{}{}
	return k
}

// known returns the key as far as it is known already, and whether any are.
func (k *keys) known(kid string) (key ed25519.PublicKey, loaded bool) {
	set := k.set.Load()
	if set == nil {
		return nil, false
	}
	return (*set)[kid], true
}

// find returns the key, and fetches the set again if kid is not in it: but not
// more often than refetchEvery, whoever asks.
func (k *keys) find(ctx context.Context, kid string) (ed25519.PublicKey, error) {
	if key, _ := k.known(kid); key != nil {
		return key, nil
	}
	ctx, cancel := context.WithTimeout(ctx, turnTimeout)
	defer cancel()
	select {
	case <-k.turn:
	case <-ctx.Done():
		return nil, ErrUnavailable.After(time.Second)
	}
	defer func() { k.turn <- struct{}{} }()

	key, loaded := k.known(kid) // whoever had the turn before may have found it
	if key == nil && k.now().Sub(k.tried) >= interval(loaded) {
		// The fetch serves all who wait, so it does not end with one of them.
		k.refresh(context.WithoutCancel(ctx))
		key, loaded = k.known(kid)
	}
	if key == nil && !loaded {
		return nil, ErrUnavailable.After(time.Second)
	}
	if key == nil {
		return nil, ErrInvalid
	}
	return key, nil
}

func interval(loaded bool) time.Duration {
	if loaded {
		return refetchEvery
	}
	return firstEvery
}

// refresh needs the turn.
func (k *keys) refresh(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	k.tried = k.now()
	set, err := parseJWKS(ctx, k.fetch)
	if err != nil {
		if !k.away {
			k.log.WarnContext(ctx, "signing keys stay as they are", "error", err)
		}
		k.away = true
		return false
	}
	k.away = false
	k.set.Store(&set)
	return true
}

// run keeps the set current until ctx ends.
func (k *keys) run(ctx context.Context) {
	for {
		wait := k.poll(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (k *keys) poll(ctx context.Context) time.Duration {
	select {
	case <-k.turn:
	case <-ctx.Done():
		return 0
	}
	defer func() { k.turn <- struct{}{} }()
	if k.refresh(ctx) {
		return k.every()
	}
	if k.set.Load() == nil {
		return firstEvery * 2
	}
	return min(pollRetry, k.every())
}
