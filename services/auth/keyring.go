package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"stockroom/pkg/errs"
)

// Key is a signing key as it is stored: the private half encrypted.
type Key struct {
	Number    int    // 1, 2, 3 …: each the successor of the one before
	ID        string // the kid in tokens
	Public    ed25519.PublicKey
	Sealed    []byte
	CreatedAt time.Time
}

// ErrKeyTaken says that another replica made the key of that number.
var ErrKeyTaken = errs.New(errs.Conflict, "key_taken", "Signing key exists already")

// publishFirst is how long a key is published before it signs. By then every
// verifier has it, so none has to ask for it.
const publishFirst = 5 * time.Minute

// Keyring holds the signing keys in the clear.
type Keyring struct {
	keys Keys
	seal []byte
	now  func() time.Time

	mu   sync.RWMutex
	open []openKey // by number
}

type openKey struct {
	Key
	private ed25519.PrivateKey
}

// OpenKeyring reads the keys, and makes the first one if there is none. Of
// several that do so at once, all use the same.
func OpenKeyring(
	ctx context.Context, keys Keys, secrets Secrets, now func() time.Time, newID func() string,
) (*Keyring, error) {
	r := &Keyring{keys: keys, seal: secrets.Seal, now: now}
	if err := r.Reload(ctx); err != nil || len(r.open) > 0 {
		return r, err
	}
	first, err := r.newKey(1, newID())
	if err != nil {
		return nil, err
	}
	if err := keys.Add(ctx, first); err != nil && !errors.Is(err, ErrKeyTaken) {
		return nil, fmt.Errorf("store signing key: %w", err)
	}
	return r, r.Reload(ctx)
}

// Reload reads the keys again, to learn of those that others made.
func (r *Keyring) Reload(ctx context.Context) error {
	stored, err := r.keys.Keys(ctx)
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	opened := make([]openKey, 0, len(stored))
	for _, k := range stored {
		private, err := r.unsealed(k)
		if err != nil {
			return fmt.Errorf("open signing key %d, was the secret changed? %w", k.Number, err)
		}
		opened = append(opened, openKey{k, private})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = opened
	return nil
}

// Current returns the key to sign with.
func (r *Keyring) Current() (id string, key ed25519.PrivateKey) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	current := r.open[0]
	for _, k := range r.open[1:] {
		if r.now().Sub(k.CreatedAt) >= publishFirst {
			current = k
		}
	}
	return current.ID, current.private
}

// Public returns the keys to publish, by number and without their private half.
func (r *Keyring) Public() []Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	public := make([]Key, 0, len(r.open))
	for _, k := range r.open {
		public = append(public, Key{Number: k.Number, ID: k.ID, Public: k.Public, CreatedAt: k.CreatedAt})
	}
	return public
}

func (r *Keyring) newKey(number int, id string) (Key, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return Key{}, fmt.Errorf("make signing key: %w", err)
	}
	box, err := r.box()
	if err != nil {
		return Key{}, err
	}
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce) // never fails
	return Key{
		Number: number, ID: id, Public: public,
		Sealed:    box.Seal(nonce, nonce, private.Seed(), []byte(id)),
		CreatedAt: r.now().UTC().Truncate(time.Microsecond),
	}, nil
}

var errSealed = errors.New("it does not fit")

// unsealed decrypts a key. The kid is authenticated too: nobody who can write
// the table can put one key in the place of another.
func (r *Keyring) unsealed(k Key) (ed25519.PrivateKey, error) {
	box, err := r.box()
	if err != nil {
		return nil, err
	}
	if len(k.Sealed) < box.NonceSize() {
		return nil, errSealed
	}
	nonce, text := k.Sealed[:box.NonceSize()], k.Sealed[box.NonceSize():]
	seed, err := box.Open(nil, nonce, text, []byte(k.ID))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errSealed
	}
	private := ed25519.NewKeyFromSeed(seed)
	if !k.Public.Equal(private.Public()) {
		return nil, errSealed
	}
	return private, nil
}

func (r *Keyring) box() (cipher.AEAD, error) {
	block, err := aes.NewCipher(r.seal)
	if err != nil {
		return nil, fmt.Errorf("prepare encryption of signing keys: %w", err)
	}
	return cipher.NewGCM(block)
}
