package auth

import (
	"bytes"
	"crypto/ed25519"
	"time"

	"stockroom/pkg/errs"
)

// Key is a signing key as it is stored: the private half encrypted, or gone.
type Key struct {
	Number    int    // 1, 2, 3 …: each the successor of the one before
	ID        string // the kid in tokens
	Public    ed25519.PublicKey
	Sealed    []byte
	CreatedAt time.Time
	SignsFrom time.Time
}

// ErrKeyTaken says that another replica made the key of that number.
var ErrKeyTaken = errs.New(errs.Conflict, "key_taken", "Signing key exists already")

// openKey is a key in the clear.
type openKey struct {
	Key
	private ed25519.PrivateKey // nil: it signs no more
	old     bool               // it is sealed with the previous secret
}

func (s *Sealer) sealKey(id string, private ed25519.PrivateKey) []byte {
	return s.seal(id, private.Seed())
}

// sealRetired returns what stands in the place of a private half that is gone.
// It proves that the public one is ours, so that nobody who can write to the
// database can have another one published.
func (s *Sealer) sealRetired(k Key) []byte {
	return s.seal(retiredName(k), nil)
}

func retiredName(k Key) string { return "retired " + k.ID + " " + string(k.Public) }

func (s *Sealer) openKey(k Key) (openKey, error) {
	if _, old, err := s.open(retiredName(k), k.Sealed); err == nil {
		return openKey{Key: k, old: old}, nil
	}
	seed, old, err := s.open(k.ID, k.Sealed)
	if err != nil || len(seed) != ed25519.SeedSize {
		return openKey{}, errSealed
	}
	private := ed25519.NewKeyFromSeed(seed)
	if !k.Public.Equal(private.Public()) {
		return openKey{}, errSealed
	}
	return openKey{k, private, old}, nil
}

// resealed returns how to store k under the secret of today.
func (s *Sealer) resealed(k openKey) []byte {
	if k.private == nil {
		return s.sealRetired(k.Key)
	}
	return s.sealKey(k.ID, k.private)
}

// is tells whether k is what is stored as other, and needs not be opened again.
func (k openKey) is(other Key) bool {
	return k.ID == other.ID && k.Number == other.Number && k.Public.Equal(other.Public) && bytes.Equal(k.Sealed, other.Sealed)
}
