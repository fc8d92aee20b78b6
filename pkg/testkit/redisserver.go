package testkit

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit/servers"
)

// A RedisServer is a Redis server that a test may treat badly. It keeps its
// address, and forgets its data when it is stopped.
type RedisServer struct {
	t      testing.TB
	port   int
	url    string
	server *servers.Server // nil while stopped
}

// NewRedisServer starts a Redis server of t's own. A test that does not stop
// its Redis uses Redis instead.
func NewRedisServer(t testing.TB) *RedisServer {
	t.Helper()
	port, err := servers.FreePort()
	require.NoError(t, err)
	s := &RedisServer{t: t, port: port}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// URL returns the address of the server, which is the same all the time.
func (s *RedisServer) URL() string { return s.url }

// Start starts the server again after Stop.
func (s *RedisServer) Start() {
	s.t.Helper()
	require.Nil(s.t, s.server, "redis runs already")
	ctx, cancel := background()
	defer cancel()
	server, err := servers.Redis(ctx, s.port)
	require.NoError(s.t, err)
	s.server, s.url = server, server.URL
}

// Stop ends the server, as a crash would. It may be stopped already.
func (s *RedisServer) Stop() {
	s.t.Helper()
	if s.server == nil {
		return
	}
	require.NoError(s.t, s.server.Stop())
	s.server = nil
}

// Freeze makes the server silent: connections stay open, nothing is answered.
func (s *RedisServer) Freeze() {
	s.t.Helper()
	require.NoError(s.t, s.server.Freeze())
}

// Thaw ends Freeze.
func (s *RedisServer) Thaw() {
	s.t.Helper()
	require.NoError(s.t, s.server.Thaw())
}
