package stack

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
)

// database is a PostgreSQL database in which each service has a role and a
// schema, and sees nothing of the others.
type database struct {
	owner *url.URL
	own   *testkit.PostgresServer // nil if the server is shared with other tests
}

func newDatabase(tb testing.TB, own bool) (db database) {
	tb.Helper()

	var at string
	if own {
		db.own = testkit.NewPostgresServer(tb)
		at = db.own.URL()
	} else {
		at = testkit.PostgresURL(tb)
	}
	var err error
	db.owner, err = url.Parse(at)
	require.NoError(tb, err)
	db.exec(tb, `create extension if not exists pg_trgm`)
	return db
}

// url makes the role and the schema of a service, and returns how it connects.
func (db database) url(tb testing.TB, service string) string {
	tb.Helper()

	role, password := service+"_"+strings.ToLower(rand.Text()), rand.Text()
	db.exec(tb,
		fmt.Sprintf(`create role %s login password '%s'`, role, password),
		fmt.Sprintf(`create schema %s authorization %s`, service, role))
	if db.own == nil {
		tb.Cleanup(func() {
			// Roles belong to the whole server. Its schema goes first, as it owns that.
			db.exec(tb, fmt.Sprintf(`drop owned by %s cascade`, role), `drop role `+role)
		})
	}
	u := *db.owner
	u.User = url.UserPassword(role, password)
	q := u.Query()
	q.Set("search_path", service+",public")
	u.RawQuery = q.Encode()
	return u.String()
}

func (db database) exec(tb testing.TB, statements ...string) {
	tb.Helper()

	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, db.owner.String())
	require.NoError(tb, err)
	defer conn.Close(ctx) //nolint:errcheck // nothing depends on a clean goodbye
	for _, statement := range statements {
		_, err := conn.Exec(ctx, statement)
		require.NoError(tb, err, statement)
	}
}

// Schemas returns how each service connects to a schema of its own, in a
// database that goes with tb.
func Schemas(tb testing.TB) func(service string) string {
	tb.Helper()

	db := newDatabase(tb, false)
	return func(service string) string { return db.url(tb, service) }
}
