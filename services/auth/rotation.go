package auth

import (
	"context"
	"errors"
	"fmt"
)

// Rotate makes a successor of the newest signing key and returns it: from when
// on it signs stands in it. If the newest does not sign yet, it is the
// successor; so there is one, however many ask, wherever.
func (r *Keyring) Rotate(ctx context.Context) (Key, error) {
	if err := r.Reload(ctx); err != nil {
		return Key{}, err
	}
	newest := r.Newest()
	now := r.time()
	if newest.SignsFrom.After(now) {
		return newest, nil
	}
	if err := r.add(ctx, newest.Number+1, now.Add(r.plan.Lead)); err != nil {
		return Key{}, err
	}
	if err := r.Reload(ctx); err != nil {
		return Key{}, err
	}
	return r.Newest(), nil
}

// Newest returns the last key, whether or not it signs yet.
func (r *Keyring) Newest() Key {
	keys := r.all()
	if len(keys) == 0 {
		return Key{}
	}
	return keys[len(keys)-1].public()
}

// Tend does what the time has come for: it reads the keys, makes the successor
// of one whose life ends, deletes the private half of those that sign no more
// and then all of them, and seals again what the previous secret has sealed.
// Call it again and again, in every replica.
func (r *Keyring) Tend(ctx context.Context) error {
	if err := r.Reload(ctx); err != nil {
		return err
	}
	if r.due() {
		if _, err := r.Rotate(ctx); err != nil {
			return err
		}
	}
	return errors.Join(r.retire(ctx), r.reseal(ctx))
}

// due tells whether the newest key needs a successor now, in order to have one
// that signs when its own life is over. While the secret is exchanged, none is
// made that not everybody could use.
func (r *Keyring) due() bool {
	newest := r.Newest()
	if r.plan.Lifetime == 0 || r.sealer.changing() || newest.Number == 0 {
		return false
	}
	return !r.now().Before(newest.SignsFrom.Add(r.plan.Lifetime - r.plan.Lead))
}

// retire deletes of the keys that have been succeeded what nobody needs any more.
func (r *Keyring) retire(ctx context.Context) error {
	keys := r.all()
	now := r.now()
	for i, k := range keys[:max(len(keys)-1, 0)] {
		unused := now.Sub(keys[i+1].SignsFrom) - keyGrace
		var err error
		switch {
		case unused >= keyPublished:
			err = r.keys.Remove(ctx, k.Number)
		case unused >= 0 && k.private != nil:
			err = r.keys.Reseal(ctx, k.Number, k.Sealed, r.sealer.sealRetired(k.Key))
		}
		if err != nil {
			return fmt.Errorf("retire signing key %d: %w", k.Number, err)
		}
	}
	return nil
}

func (r *Keyring) reseal(ctx context.Context) error {
	for _, k := range r.all() {
		if !k.old {
			continue
		}
		if err := r.keys.Reseal(ctx, k.Number, k.Sealed, r.sealer.resealed(k)); err != nil {
			return fmt.Errorf("seal signing key %d again: %w", k.Number, err)
		}
	}
	return nil
}
