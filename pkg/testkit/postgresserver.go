package testkit

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit/servers"
)

// A PostgresServer is a PostgreSQL server that a test may stop. It keeps its
// address, and what it has committed.
type PostgresServer struct {
	t      testing.TB
	server *servers.Server
}

// NewPostgresServer starts a PostgreSQL server of t's own. A test that does not
// stop its PostgreSQL uses Postgres or PostgresURL instead.
func NewPostgresServer(t testing.TB) *PostgresServer {
	t.Helper()
	ctx, cancel := background()
	defer cancel()
	server, err := servers.LastingPostgres(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return &PostgresServer{t: t, server: server}
}

// URL returns the URL of a superuser and an empty database, which is the same
// all the time. Settings can be added to its query.
func (s *PostgresServer) URL() string { return s.server.URL }

// Stop ends the server, as a crash would.
func (s *PostgresServer) Stop() {
	s.t.Helper()
	ctx, cancel := background()
	defer cancel()
	require.NoError(s.t, servers.CrashPostgres(ctx, s.server))
}

// Start starts the server again after Stop.
func (s *PostgresServer) Start() {
	s.t.Helper()
	ctx, cancel := background()
	defer cancel()
	require.NoError(s.t, s.server.Again())
	require.NoError(s.t, servers.AwaitPostgres(ctx, s.server))
}
