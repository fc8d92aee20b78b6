// Package bcrypthash hashes passwords with bcrypt, a few at a time.
package bcrypthash

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"stockroom/pkg/failpoint"
	"stockroom/services/auth"
)

// scheme stands before the bcrypt hash of a password that was peppered and
// shortened first: bcrypt itself reads 72 bytes and stops at a NUL.
const scheme = "bcrypt-hmac-sha256"

// Hasher implements [auth.Hasher]. Its work is CPU time that reading requests
// need too, so only so much of it is done at once.
type Hasher struct {
	pepper []byte
	cost   int
	dummy  string // a hash that nothing matches
	queue  *queue
	run    func(work func())
}

var _ auth.Hasher = (*Hasher)(nil)

// New returns a hasher that works on as many passwords at once as there are
// slots, and lets 64 more wait for at most ten seconds. Hashing takes twice as
// long with each step of cost. If aside is true, it is
// done in threads of lower priority; the program then must have room for so many
// threads more than it has processors, as each that waits for time keeps others
// from running Go.
func New(pepper []byte, cost, slots int, aside bool) (*Hasher, error) {
	h := &Hasher{pepper: pepper, cost: cost, queue: newQueue(slots, 64, 10*time.Second), run: here}
	if aside {
		h.run = inLowPriority
	}
	var err error
	if h.dummy, err = h.hash(rand.Text()); err != nil {
		return nil, err
	}
	return h, nil
}

// Hash implements [auth.Hasher].
func (h *Hasher) Hash(ctx context.Context, password string) (hash string, err error) {
	failpoint.Reach(failpoint.BeforeHash)
	if err := h.queue.enter(ctx); err != nil {
		return "", err
	}
	defer h.queue.leave()
	h.run(func() { hash, err = h.hash(password) })
	failpoint.Reach(failpoint.AfterHash)
	return hash, err
}

func here(work func()) { work() }

func (h *Hasher) hash(password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword(h.shorten(password), h.cost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return scheme + string(hash), nil
}

func (h *Hasher) shorten(password string) []byte {
	mac := hmac.New(sha256.New, h.pepper)
	mac.Write([]byte(password))
	return base64.StdEncoding.AppendEncode(nil, mac.Sum(nil))
}

// Verify implements [auth.Hasher]. A hash that has no scheme is plain bcrypt,
// as other systems make it.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (match bool, better string, err error) {
	if err := h.queue.enter(ctx); err != nil {
		return false, "", err
	}
	defer h.queue.leave()
	h.run(func() { match, better, err = h.verify(password, hash) })
	return match, better, err
}

func (h *Hasher) verify(password, hash string) (match bool, better string, err error) {
	if hash == "" {
		_, err := h.compare(password, h.dummy)
		return false, "", err
	}
	match, err = h.compare(password, hash)
	if err != nil || !match || h.current(hash) {
		return match, "", err
	}
	better, err = h.hash(password)
	return true, better, err
}

func (h *Hasher) compare(password, hash string) (bool, error) {
	plain, shortened := strings.CutPrefix(hash, scheme)
	secret := []byte(password)
	if shortened {
		secret = h.shorten(password)
	}
	err := bcrypt.CompareHashAndPassword([]byte(plain), secret)
	if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return true, nil
}

// maxForeign is the highest cost of a foreign hash that is compared with: each
// step takes twice as long, and the highest of all take hours.
const maxForeign = 16

// foreign is a bcrypt hash as other systems write it.
var foreign = regexp.MustCompile(`^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$`)

// Usable tells whether hash, which another system made, can be compared with.
func Usable(hash string) bool {
	cost, err := bcrypt.Cost([]byte(hash))
	return err == nil && cost <= maxForeign && foreign.MatchString(hash)
}

// current tells whether hash is peppered, and costs as much, as one
// that is made today.
func (h *Hasher) current(hash string) bool {
	plain, shortened := strings.CutPrefix(hash, scheme)
	cost, err := bcrypt.Cost([]byte(plain))
	return shortened && err == nil && cost == h.cost
}
