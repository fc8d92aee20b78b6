// Package chaos treats a catalog of three replicas badly while many use it, and
// judges afterwards every answer that they got.
package chaos

import (
	"context"
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/link"
	"stockroom/e2e/stack"
	"stockroom/pkg/testkit"
	"stockroom/pkg/token/tokentest"
)

// patience is for what has to happen on a busy machine.
const patience = 90 * time.Second

// shop is a catalog of three replicas: the first two share a Redis, the third
// has one of its own.
type shop struct {
	t        *testing.T
	issuer   *tokentest.Issuer
	postgres *testkit.PostgresServer
	redis    []*testkit.RedisServer
	nats     *testkit.NATSServer
	replicas []*replica
	auditor  *replica // beside them; nobody asks it
	diary    *diary
	past     past
}

// replica is one process of the catalog, and its links to what it depends on.
type replica struct {
	addr, internal        string
	process               *stack.Process
	postgres, redis, nats *link.Link
	failpoints            string // the folder that names where it is to die
}

// sharedBy says which Redis each replica uses.
var sharedBy = []int{0, 0, 1}

func open(t *testing.T) *shop {
	t.Helper()

	s := &shop{
		t: t, issuer: tokentest.New(t), postgres: testkit.NewPostgresServer(t), nats: testkit.NewNATSServer(t),
		redis: []*testkit.RedisServer{testkit.NewRedisServer(t), testkit.NewRedisServer(t)},
		diary: &diary{begin: time.Now()},
	}
	s.query(func(ctx context.Context, db *pgx.Conn) error {
		_, err := db.Exec(ctx, `create extension if not exists pg_trgm; create schema catalog`)
		return err
	})
	doors := s.issuer.Serve(t)
	common := map[string]string{
		"ENV": "development", "INTERNAL_TOKEN": rand.Text(),
		"AUTH_URL": doors.Auth, "AUTH_INTERNAL_URL": doors.AuthInternal, "USERS_INTERNAL_URL": doors.UsersInternal,
	}
	for _, redis := range sharedBy {
		r := s.place()
		r.redis = s.link("tcp", host(t, s.redis[redis].URL()))
		r.nats = s.link("tcp", host(t, s.nats.URL()))
		env := maps.Clone(common)
		env["REDIS_URL"], env["NATS_URL"] = "redis://"+r.redis.Addr()+"/0", "nats://"+r.nats.Addr()
		s.serve(r, env)
		s.replicas = append(s.replicas, r)
	}
	s.audit(maps.Clone(common))
	return s
}

// place returns where a process is to be, with its link to the database.
func (s *shop) place() *replica {
	s.t.Helper()

	r := &replica{addr: stack.FreeAddr(s.t), internal: stack.FreeAddr(s.t), failpoints: s.t.TempDir()}
	cfg := s.database()
	r.postgres = s.link(pgconn.NetworkAddress(cfg.Host, cfg.Port))
	return r
}

func (s *shop) database() *pgx.ConnConfig {
	s.t.Helper()

	cfg, err := pgx.ParseConfig(s.postgres.URL())
	require.NoError(s.t, err)
	return cfg
}

// serve starts a process at a place and returns when it is ready.
func (s *shop) serve(r *replica, env map[string]string) {
	s.t.Helper()

	cfg := s.database()
	env["ADDR"], env["INTERNAL_ADDR"], env["FAILPOINTS"] = r.addr, r.internal, r.failpoints
	env["DATABASE_URL"] = "postgres://" + cfg.User + "@" + r.postgres.Addr() + "/" + cfg.Database + "?sslmode=disable&search_path=catalog,public"
	r.process = stack.Serve(s.t, "catalogd", env)
	s.await(r)
}

func (s *shop) link(network, address string) *link.Link {
	s.t.Helper()

	l, err := link.To(s.t.Context(), network, address)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = l.Close() }) // it cannot fail in a way that matters
	return l
}

func host(t *testing.T, address string) string {
	t.Helper()

	u, err := url.Parse(address)
	require.NoError(t, err)
	return u.Host
}

// await returns when r is ready. Like whoever supervises programs, it starts
// one again that gives up, as it may while it has no database.
func (s *shop) await(r *replica) {
	s.t.Helper()

	require.Eventually(s.t, func() bool {
		select {
		case <-r.process.Ended():
			r.process.Kill()
			r.process.Start(s.t)
		default:
		}
		return r.ready()
	}, patience, 10*time.Millisecond, "a replica does not become ready")
}

func (r *replica) ready() bool {
	res, err := (&http.Client{Timeout: time.Second}).Get("http://" + r.internal + "/readyz") //nolint:noctx // it has a timeout
	if err != nil {
		return false
	}
	_ = res.Body.Close() // only the status was wanted
	return res.StatusCode == http.StatusOK
}

// query asks the database past all replicas.
func (s *shop) query(do func(ctx context.Context, db *pgx.Conn) error) {
	s.t.Helper()

	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	db, err := pgx.Connect(ctx, s.databaseURL())
	require.NoError(s.t, err)
	defer db.Close(ctx) //nolint:errcheck // nothing depends on a clean goodbye
	require.NoError(s.t, do(ctx, db))
}

// databaseURL is where the database is, past all links.
func (s *shop) databaseURL() string {
	at := s.postgres.URL()
	return at + map[bool]string{true: "&", false: "?"}[strings.Contains(at, "?")] + "search_path=catalog,public"
}
