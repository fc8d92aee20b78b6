package stack

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
)

// place is where one service listens.
type place struct{ public, internal string }

func newPlace(tb testing.TB) place {
	tb.Helper()
	return place{FreeAddr(tb), FreeAddr(tb)}
}

// plenty is how many requests per second may come from one place, where all that
// tests ask does.
const plenty = "1000000"

// secret returns one that is good enough for production.
func secret() string { return rand.Text() + rand.Text() }

// Processes starts every service as a process of its own, and two of the
// catalog with a Redis each, on PostgreSQL and NATS. Auth and the gateway share
// the first Redis. They stop with tb.
func Processes(tb testing.TB, o Options) *System {
	tb.Helper()

	s := &System{
		Issuer: issuer, Admin: admin, Processes: map[string]*Process{}, Public: map[string]string{}, Internal: map[string]string{},
		NATS: testkit.NewNATSServer(tb), Mail: postOffice(tb),
	}
	db := newDatabase(tb, o.OwnPostgres)
	s.Postgres = db.own
	auth, users, gateway := newPlace(tb), newPlace(tb), newPlace(tb)
	s.InternalToken = secret()
	s.Redis = []*testkit.RedisServer{testkit.NewRedisServer(tb), testkit.NewRedisServer(tb)}
	common := map[string]string{
		"ENV": "development", "NATS_URL": s.NATS.URL(), "INTERNAL_TOKEN": s.InternalToken,
		"AUTH_URL": "http://" + auth.public, "AUTH_INTERNAL_URL": "http://" + auth.internal,
		"USERS_INTERNAL_URL": "http://" + users.internal, "TOKEN_ISSUER": issuer,
	}
	start := func(name, program string, at place, more map[string]string) {
		env := maps.Clone(common)
		maps.Copy(env, more)
		env["ADDR"], env["INTERNAL_ADDR"] = at.public, at.internal
		s.Internal[name] = "http://" + at.internal
		if name != "gateway" {
			s.Public[name] = "http://" + at.public
		}
		s.Processes[name] = startEither(tb, name, program, env)
	}
	start("users", "usersd", users, map[string]string{"DATABASE_URL": db.url(tb, "users")})
	forAuth := withMail(map[string]string{
		"DATABASE_URL": db.url(tb, "auth"), "SECRET": secret(), "PASSWORD_COST": o.cost(),
		"ADMIN_EMAIL": admin.Email, "ADMIN_USERNAME": admin.Username, "ADMIN_PASSWORD": admin.Password,
		"REDIS_URL": s.Redis[0].URL(),
	}, s.Mail, o)
	maps.Copy(forAuth, o.Auth)
	start("auth", "authd", auth, forAuth)
	catalogDB := db.url(tb, "catalog")
	catalogs := []place{newPlace(tb), newPlace(tb)}
	var internal []string
	for _, at := range catalogs {
		s.Catalogs = append(s.Catalogs, "http://"+at.public)
		internal = append(internal, "http://"+at.internal)
	}
	for n, at := range catalogs {
		start(fmt.Sprintf("catalog-%d", n+1), "catalogd", at, map[string]string{
			"DATABASE_URL": catalogDB, "REDIS_URL": s.Redis[n].URL(), "AUDIT_URLS": strings.Join(internal, ","),
		})
	}
	start("gateway", "gatewayd", gateway, map[string]string{
		"AUTH_URLS": "http://" + auth.public, "AUTH_INTERNAL_URLS": "http://" + auth.internal,
		"USERS_URLS": "http://" + users.public, "USERS_INTERNAL_URLS": "http://" + users.internal,
		"CATALOG_URLS": strings.Join(s.Catalogs, ","), "CATALOG_INTERNAL_URLS": strings.Join(internal, ","),
		"RATE_ADDRESS": plenty, "RATE_ACCOUNT": plenty, "MAX_CONNECTIONS_PER_ADDRESS": "0", "REDIS_URL": s.Redis[0].URL(),
	})
	s.URL = "http://" + gateway.public
	s.Await(tb)
	for _, at := range s.Catalogs { // one is enough for the gateway, but not for a test that stops one
		require.Eventually(tb, func() bool { return status(tb.Context(), at+"/api/v1/products") == http.StatusOK },
			patience, 20*time.Millisecond, "%s never answers", at)
	}
	return s
}
