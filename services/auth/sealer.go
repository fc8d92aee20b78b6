package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Sealer encrypts what is secret and has to be stored. Its key comes from the
// configured secret. While that is exchanged, what the previous one sealed is
// opened too.
type Sealer struct {
	current  cipher.AEAD
	previous cipher.AEAD // nil: there is none
}

// NewSealer returns a sealer for a secret. previous may be empty.
func NewSealer(secret, previous string) (*Sealer, error) {
	current, err := boxOf(secret)
	if err != nil || previous == "" {
		return &Sealer{current: current}, err
	}
	before, err := boxOf(previous)
	return &Sealer{current, before}, err
}

func boxOf(secret string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "stockroom auth signing keys v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive key to seal with: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("prepare sealing: %w", err)
	}
	return cipher.NewGCM(block)
}

// changing tells whether the secret is being exchanged: then others may not be
// able yet to open what is sealed here.
func (s *Sealer) changing() bool { return s.previous != nil }

// seal encrypts text. name is authenticated too: nobody who can write to the
// database can put one sealed text into the place of another.
func (s *Sealer) seal(name string, text []byte) []byte {
	nonce := make([]byte, s.current.NonceSize())
	rand.Read(nonce) // never fails
	return s.current.Seal(nonce, nonce, text, []byte(name))
}

var errSealed = errors.New("it does not fit")

// open returns what was sealed under that name, and whether the previous secret
// did it.
func (s *Sealer) open(name string, sealed []byte) (text []byte, old bool, err error) {
	if text, err = unseal(s.current, name, sealed); err == nil || s.previous == nil {
		return text, false, err
	}
	text, err = unseal(s.previous, name, sealed)
	return text, true, err
}

func unseal(box cipher.AEAD, name string, sealed []byte) ([]byte, error) {
	if len(sealed) < box.NonceSize() {
		return nil, errSealed
	}
	text, err := box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], []byte(name))
	if err != nil {
		return nil, errSealed
	}
	return text, nil
}
