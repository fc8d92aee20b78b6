// Package testkit gives tests real PostgreSQL, Redis and NATS.
//
// PostgreSQL and Redis are taken from TEST_POSTGRES_URL and TEST_REDIS_URL if
// these are set, else started once for each test process (package servers).
// Where there is neither, a test fails and says what to do; it is never skipped.
package testkit

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"
)

const timeout = 2 * time.Minute

// background is the context of work that outlives the test asking for it, or
// cleans up after it: t.Context has ended by then.
func background() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), timeout)
}

func cleanup(t testing.TB, what string, do func(ctx context.Context) error) {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := background()
		defer cancel()
		if err := do(ctx); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	})
}

func unique(prefix string) string { return prefix + strings.ToLower(rand.Text()) }
