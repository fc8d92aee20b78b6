package auth

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"time"

	"stockroom/pkg/errs"
)

// KeyPlan says when signing keys follow each other.
type KeyPlan struct {
	Lead     time.Duration // between publishing a key and signing with it
	Lifetime time.Duration // how long a key signs; zero: until somebody asks for another
}

// MaxAge is how long others may keep the public keys: so short that a new one
// has reached everybody long before it signs.
func (p KeyPlan) MaxAge() time.Duration { return min(max(p.Lead/5, time.Second), time.Minute) }

const (
	// keyGrace is how long after its successor has begun to sign a key is kept
	// to sign with: there may be a replica that has not heard yet.
	keyGrace = 5 * time.Minute
	// keysTrusted is for how long a replica signs without having looked whether
	// its keys are still the ones. It is less than keyGrace, so that nobody signs
	// with a key that is about to be withdrawn.
	keysTrusted = 4 * time.Minute
	// keyPublished is for how long a key is published that signs no more: until
	// the last token that it has signed is gone everywhere.
	keyPublished = AccessLifetime + time.Minute
)

// Keyring holds the signing keys in the clear.
type Keyring struct {
	keys   Keys
	sealer *Sealer
	plan   KeyPlan
	now    func() time.Time
	newID  func() string

	mu   sync.RWMutex
	open []openKey // by number
	read time.Time // when
}

// OpenKeyring reads the keys, and makes the first one if there is none. Of
// several that do so at once, all use the same. It fails if there are keys that
// the sealer cannot open.
func OpenKeyring(
	ctx context.Context, keys Keys, sealer *Sealer, plan KeyPlan, now func() time.Time, newID func() string,
) (*Keyring, error) {
	r := &Keyring{keys: keys, sealer: sealer, plan: plan, now: now, newID: newID}
	if err := r.Reload(ctx); err != nil {
		return nil, err
	}
	if len(r.open) > 0 {
		return r, r.reseal(ctx)
	}
	if err := r.add(ctx, 1, r.time()); err != nil {
		return nil, err
	}
	return r, r.Reload(ctx)
}

// Reload reads the keys again, to learn of those that others made or withdrew.
// It takes what it can open, and fails if that is not all: while the secret is
// exchanged, a replica that does not know the new one yet goes on with the keys
// that it has.
func (r *Keyring) Reload(ctx context.Context) error {
	at := r.now()
	stored, err := r.keys.Keys(ctx)
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	known := make(map[string]openKey)
	for _, k := range r.all() {
		known[k.ID] = k
	}
	opened := make([]openKey, 0, len(stored))
	var failed error
	for _, k := range stored {
		key, ok := known[k.ID]
		if !ok || !key.is(k) {
			again, err := r.sealer.openKey(k)
			switch {
			case err == nil:
				key = again
			case !ok:
				failed = errors.Join(failed, fmt.Errorf("open signing key %d, was the secret changed? %w", k.Number, err))
				continue
			}
		}
		opened = append(opened, key)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open, r.read = opened, at
	return failed
}

func (r *Keyring) all() []openKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.open
}

// Current returns the key to sign with. It fails with [errs.ErrUnavailable] if
// the keys could not be read for so long that it may be another one.
func (r *Keyring) Current() (id string, key ed25519.PrivateKey, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	now := r.now()
	current := currentOf(r.open, now)
	if current == nil || now.Sub(r.read) > keysTrusted {
		return "", nil, errs.ErrUnavailable.After(time.Second)
	}
	return current.ID, current.private, nil
}

// currentOf returns the newest key that signs, or nil. If the time has come for
// none, as the clock is behind, it is the oldest.
func currentOf(keys []openKey, now time.Time) *openKey {
	var current *openKey
	for i := range keys {
		if k := &keys[i]; k.private != nil && (current == nil || !now.Before(k.SignsFrom)) {
			current = k
		}
	}
	return current
}

// Public returns the keys to publish, by number and without their private half.
func (r *Keyring) Public() []Key {
	keys := r.all()
	public := make([]Key, 0, len(keys))
	for _, k := range keys {
		public = append(public, k.public())
	}
	return public
}

func (k openKey) public() Key {
	k.Sealed = nil
	return k.Key
}

// add makes the key of a number, unless somebody else is faster.
func (r *Keyring) add(ctx context.Context, number int, signsFrom time.Time) error {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	id := r.newID()
	err = r.keys.Add(ctx, Key{
		Number: number, ID: id, Public: public, Sealed: r.sealer.sealKey(id, private),
		CreatedAt: r.time(), SignsFrom: signsFrom,
	})
	if err != nil && !errors.Is(err, ErrKeyTaken) {
		return fmt.Errorf("store signing key: %w", err)
	}
	return nil
}

func (r *Keyring) time() time.Time { return r.now().UTC().Truncate(time.Microsecond) }
