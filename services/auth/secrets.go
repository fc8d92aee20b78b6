package auth

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Secrets are the keys for different purposes that one configured secret gives.
// None of them tells anything about another.
type Secrets struct {
	Refresh []byte // authenticates refresh tokens
	Seal    []byte // encrypts signing keys at rest
	Pepper  []byte // goes into every password hash
	Mail    []byte // makes the tokens in letters
}

// Derive returns the keys of a secret.
func Derive(secret string) (Secrets, error) {
	var s Secrets
	for purpose, key := range map[string]*[]byte{
		"stockroom auth refresh tokens v1": &s.Refresh,
		"stockroom auth signing keys v1":   &s.Seal,
		"stockroom auth passwords v1":      &s.Pepper,
		"stockroom auth mailed tokens v1":  &s.Mail,
	} {
		derived, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, sha256.Size)
		if err != nil {
			return Secrets{}, fmt.Errorf("derive keys: %w", err)
		}
		*key = derived
	}
	return s, nil
}

// refreshToken writes "session.generation.mac". It is the same whenever it is
// asked for, so nothing of it has to be stored.
func (s Secrets) refreshToken(id SessionID, generation int64) string {
	body := string(id) + "." + strconv.FormatInt(generation, 10)
	return body + "." + s.mac(body)
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

func (s Secrets) mac(body string) string {
	h := hmac.New(sha256.New, s.Refresh)
	h.Write([]byte(body))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
