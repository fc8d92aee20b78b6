package encrypted_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit/servers"
)

// password opens every store.
const password = "Tz8vB2qLx0Rw"

// stores are a PostgreSQL, a Redis and a NATS that speak TLS, as localhost.
type stores struct {
	authority authority
	postgres  *pgx.Conn // of its owner
	at        *url.URL  // of PostgreSQL
	redis     int       // port
	nats      int       // port
}

func openStores(t *testing.T) *stores {
	t.Helper()

	s := &stores{authority: newAuthority(t)}
	certificate := s.authority.issue(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	postgres, err := servers.PostgresTLS(ctx, certificate)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, postgres.Stop()) })
	s.at, err = url.Parse(postgres.URL)
	require.NoError(t, err)
	s.postgres, err = pgx.Connect(ctx, postgres.URL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.postgres.Close(context.WithoutCancel(t.Context())) }) // the server ends anyway
	s.exec(t, `create extension pg_trgm`)

	s.redis, err = servers.FreePort()
	require.NoError(t, err)
	redis, err := servers.RedisTLS(ctx, certificate, password, s.redis)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, redis.Stop()) })

	pair, err := tls.X509KeyPair([]byte(certificate.Certificate), []byte(certificate.Key))
	require.NoError(t, err)
	nats, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, Username: "stockroom", Password: password, NoSigs: true, NoLog: true,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, TLSTimeout: 30,
	})
	require.NoError(t, err)
	go nats.Start()
	t.Cleanup(func() {
		nats.Shutdown()
		nats.WaitForShutdown()
	})
	require.True(t, nats.ReadyForConnections(time.Minute))
	s.nats = nats.Addr().(*net.TCPAddr).Port
	return s
}

func (s *stores) exec(t *testing.T, statement string) {
	t.Helper()
	_, err := s.postgres.Exec(t.Context(), statement)
	require.NoError(t, err, statement)
}

// schema makes the role and the schema of a service.
func (s *stores) schema(t *testing.T, service string) {
	t.Helper()
	s.exec(t, fmt.Sprintf(`create role %s login password '%s'`, service, password))
	s.exec(t, fmt.Sprintf(`create schema %s authorization %s`, service, service))
}

// postgresURL is how a service gets to a host called so, with a certificate of an
// authority.
func (s *stores) postgresURL(service, host string, of authority) string {
	u := *s.at
	u.User = url.UserPassword(service, password)
	u.Host = net.JoinHostPort(host, u.Port())
	u.RawQuery = url.Values{"sslmode": {"verify-full"}, "sslrootcert": {of.file}, "search_path": {service + ",public"}}.Encode()
	return u.String()
}

func (s *stores) redisURL(host string) string {
	return fmt.Sprintf("rediss://default:%s@%s:%d/0", password, host, s.redis)
}

func (s *stores) natsURL(host string) string {
	return fmt.Sprintf("tls://stockroom:%s@%s:%d", password, host, s.nats)
}

// plain returns how many sessions of our roles are not encrypted, and how many
// are.
func (s *stores) sessions(t *testing.T, roles ...string) (plain, encrypted int) {
	t.Helper()
	err := s.postgres.QueryRow(t.Context(),
		`select count(*) filter (where not ssl), count(*) filter (where ssl) from pg_stat_ssl join pg_stat_activity using (pid)
		where usename = any(string_to_array($1, ','))`, strings.Join(roles, ",")).Scan(&plain, &encrypted)
	require.NoError(t, err)
	return plain, encrypted
}
