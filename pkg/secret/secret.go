// Package secret refuses configured secrets that are easy to guess.
package secret

import (
	"errors"
	"fmt"
	"strings"
)

// MinLength is how many bytes a secret needs in production.
const MinLength = 32

// The ways in which a secret is unfit.
var (
	ErrMissing = errors.New("is not set")
	ErrShort   = fmt.Errorf("is shorter than %d bytes", MinLength)
	ErrKnown   = errors.New("is a known default, make an own one")
	ErrUniform = errors.New("repeats too few different characters")
)

// known are beginnings of values that stand in examples and that everybody can
// read there.
var known = []string{"change", "dev", "secret", "example", "default", "test", "password", "insecure", "your-", "your_", "replace"}

// minDistinct is less than any random text of MinLength has, and more than
// what comes from leaning on a key.
const minDistinct = 8

// Check returns an error that names the secret and never repeats it, if value
// must not be used. Outside of production it only has to be there.
func Check(name, value string, production bool) error {
	if err := check(value, production); err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	return nil
}

// CheckOptional is [Check] for a secret that may be left out.
func CheckOptional(name, value string, production bool) error {
	if value == "" {
		return nil
	}
	return Check(name, value, production)
}

func check(value string, production bool) error {
	if strings.TrimSpace(value) == "" {
		return ErrMissing
	}
	if !production {
		return nil
	}
	if isKnown(value) {
		return ErrKnown
	}
	if len(value) < MinLength {
		return ErrShort
	}
	if distinct(value) < minDistinct {
		return ErrUniform
	}
	return nil
}

func isKnown(value string) bool {
	value = strings.ToLower(value)
	for _, k := range known {
		if strings.HasPrefix(value, k) {
			return true
		}
	}
	return false
}

func distinct(value string) int {
	seen := make(map[byte]struct{}, len(value))
	for i := range len(value) {
		seen[value[i]] = struct{}{}
	}
	return len(seen)
}
