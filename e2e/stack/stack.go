// Package stack starts the whole system for tests and benchmarks, in each form
// that it is run in: in this process, in one process, and in one process for
// each service and replica.
package stack

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
	"stockroom/pkg/testkit/smtpserver"
)

// System is a running system.
type System struct {
	URL    string // of the gateway
	Admin  Admin
	Issuer string // of tokens; empty if it is not known

	// Catalogs are the public addresses of the catalog's replicas, past the
	// gateway; none where they cannot be reached from here.
	Catalogs []string

	// Public is the public door of each service, past the gateway, by the name of
	// its process; empty where they cannot be reached from here.
	Public map[string]string

	// Internal is the internal door of each process, by its name, and
	// InternalToken opens them all.
	Internal      map[string]string
	InternalToken string

	// What the system consists of, for tests that stop parts of it: empty where
	// it is not ours to stop. The processes are "stockroom", or "auth", "users",
	// "catalog-1", "catalog-2" and "gateway".
	Processes map[string]*Process
	Redis     []*testkit.RedisServer // of each catalog; the first is that of auth and the gateway too
	NATS      *testkit.NATSServer
	Postgres  *testkit.PostgresServer // nil if it is shared

	// Mail is where the system sends its mails to; nil if that is not here.
	Mail *smtpserver.Server
}

// Admin is an administrator that the system began with.
type Admin struct{ Email, Username, Password string }

var admin = Admin{Email: "owner@shop.example", Username: "owner", Password: "Correct-Horse-7"}

// issuer is in whose name the tokens of a system are made.
const issuer = "https://shop.example"

const audience = "stockroom" // of tokens

// patience is for a system to start or to stop, on a busy machine.
const patience = 90 * time.Second

// Given returns the system that STOCKROOM_URL, STOCKROOM_ADMIN_USERNAME and
// STOCKROOM_ADMIN_PASSWORD describe, or false if there is none.
func Given() (*System, bool) {
	url := os.Getenv("STOCKROOM_URL")
	if url == "" {
		return nil, false
	}
	return &System{URL: url, Issuer: os.Getenv("STOCKROOM_TOKEN_ISSUER"), Admin: Admin{
		Email:    os.Getenv("STOCKROOM_ADMIN_EMAIL"),
		Username: os.Getenv("STOCKROOM_ADMIN_USERNAME"),
		Password: os.Getenv("STOCKROOM_ADMIN_PASSWORD"),
	}}, true
}

// CPU returns the processor time that the processes of s have used.
func (s *System) CPU(tb testing.TB) time.Duration {
	tb.Helper()

	var sum time.Duration
	for _, p := range s.Processes {
		sum += p.CPU(tb)
	}
	return sum
}

// Await returns when the gateway answers, sends requests on to services that are
// ready, and the administrator can sign in.
func (s *System) Await(tb testing.TB) {
	tb.Helper()

	for _, path := range []string{"/health", "/api/v1/products", "/.well-known/jwks.json"} {
		require.Eventually(tb, func() bool { return status(tb.Context(), s.URL+path) == http.StatusOK },
			patience, 20*time.Millisecond, "%s is never answered", path)
	}
	require.Eventually(tb, func() bool { return s.described(tb.Context()) },
		patience, 20*time.Millisecond, "the document never speaks of every service")
	require.Eventually(tb, func() bool { return s.signIn(tb.Context()) == http.StatusOK },
		patience, 50*time.Millisecond, "the administrator cannot sign in")
}

// described reports whether the document of the API is whole: the gateway serves
// what it knows of it, as soon as one service has described itself.
func (s *System) described(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/v1/openapi.json", http.NoBody)
	if err != nil {
		return false
	}
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	var document struct {
		Paths map[string]any `json:"paths"`
	}
	if err := json.NewDecoder(res.Body).Decode(&document); err != nil {
		return false
	}
	for _, path := range []string{"/api/v1/auth/login", "/api/v1/users", "/api/v1/products"} {
		if document.Paths[path] == nil {
			return false
		}
	}
	return true
}

func status(ctx context.Context, url string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0
	}
	return do(req)
}

func do(req *http.Request) int {
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return 0
	}
	_ = res.Body.Close() // only the status was wanted
	return res.StatusCode
}
