package testkit

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit/servers"
)

// NATS returns the URL of a NATS server of t's own.
func NATS(t testing.TB) string {
	t.Helper()
	return NewNATSServer(t).URL()
}

// A NATSServer is a NATS server in this process that a test may stop. It keeps
// its address.
type NATSServer struct {
	t      testing.TB
	port   int
	server *server.Server // nil while stopped
}

// NewNATSServer starts a NATS server of t's own.
func NewNATSServer(t testing.TB) *NATSServer {
	t.Helper()
	port, err := servers.FreePort()
	require.NoError(t, err)
	s := &NATSServer{t: t, port: port}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// URL returns the address of the server, which is the same all the time.
func (s *NATSServer) URL() string { return fmt.Sprintf("nats://127.0.0.1:%d", s.port) }

// Start starts the server again after Stop.
func (s *NATSServer) Start() {
	s.t.Helper()
	require.Nil(s.t, s.server, "nats runs already")
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: s.port, NoSigs: true, NoLog: true})
	require.NoError(s.t, err)
	go srv.Start()
	require.True(s.t, srv.ReadyForConnections(timeout), "nats does not start")
	s.server = srv
}

// Stop ends the server and every connection to it. It may be stopped already.
func (s *NATSServer) Stop() {
	if s.server == nil {
		return
	}
	s.server.Shutdown()
	s.server.WaitForShutdown()
	s.server = nil
}
