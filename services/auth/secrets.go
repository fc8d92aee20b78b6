package auth

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Secrets are the keys for different purposes that one root gives. None of them
// tells anything about another.
type Secrets struct {
	Refresh  []byte // authenticates refresh tokens
	Pepper   []byte // goes into every password hash
	Throttle []byte // hides who is slowed down
	Mail     []byte // makes the tokens in letters
}

// Derive returns the keys of a root.
func Derive(root string) (Secrets, error) {
	var s Secrets
	for purpose, key := range map[string]*[]byte{
		"stockroom auth refresh tokens v1": &s.Refresh,
		"stockroom auth passwords v1":      &s.Pepper,
		"stockroom auth throttle v1":       &s.Throttle,
		"stockroom auth mailed tokens v1":  &s.Mail,
	} {
		derived, err := hkdf.Key(sha256.New, []byte(root), nil, purpose, sha256.Size)
		if err != nil {
			return Secrets{}, fmt.Errorf("derive keys: %w", err)
		}
		*key = derived
	}
	return s, nil
}

const rootName = "root"

// OpenSecrets returns the secrets of the root in vault, and makes that if there
// is none. It is random, and only sealed with the configured secret, so that the
// configured one can be exchanged without any password or token noticing. But
// where signing keys are older than the root, the configured secret itself was
// the root before, and stays it.
func OpenSecrets(ctx context.Context, vault Vault, keys Keys, sealer *Sealer, configured string) (Secrets, error) {
	root := rand.Text() + rand.Text()
	older, err := keys.Keys(ctx)
	if err != nil {
		return Secrets{}, fmt.Errorf("read signing keys: %w", err)
	}
	if len(older) > 0 {
		root = configured
	}
	kept, err := vault.Keep(ctx, sealer.seal(rootName, []byte(root)))
	if err != nil {
		return Secrets{}, fmt.Errorf("keep the root of all secrets: %w", err)
	}
	text, old, err := sealer.open(rootName, kept)
	if err != nil {
		return Secrets{}, fmt.Errorf("open the root of all secrets, was the secret changed? %w", err)
	}
	if old {
		if err := vault.Replace(ctx, kept, sealer.seal(rootName, text)); err != nil {
			return Secrets{}, fmt.Errorf("seal the root of all secrets again: %w", err)
		}
	}
	return Derive(string(text))
}

// refreshToken writes "session.generation.mac". It is the same whenever it is
// asked for, so nothing of it has to be stored.
func (s Secrets) refreshToken(id SessionID, generation int64) string {
	body := string(id) + "." + strconv.FormatInt(generation, 10)
	return body + "." + mac(s.Refresh, body)
}

// readRefreshToken returns what refreshToken wrote. It fails with
// ErrInvalidRefreshToken for anything else, another spelling included.
func (s Secrets) readRefreshToken(raw string) (SessionID, int64, error) {
	id, rest, _ := strings.Cut(raw, ".")
	number, _, _ := strings.Cut(rest, ".")
	generation, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", 0, ErrInvalidRefreshToken
	}
	want := s.refreshToken(SessionID(id), generation)
	if !hmac.Equal([]byte(want), []byte(raw)) {
		return "", 0, ErrInvalidRefreshToken
	}
	return SessionID(id), generation, nil
}

func mac(key []byte, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
