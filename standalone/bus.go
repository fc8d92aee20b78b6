package standalone

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// bus is an embedded NATS server that keeps nothing, and lets in only who knows
// its token.
type bus struct {
	server *server.Server
	token  string
}

func startBus() (*bus, error) {
	b := &bus{token: rand.Text()}
	ns, err := server.NewServer(&server.Options{
		ServerName:    "stockroom",
		Host:          "127.0.0.1",
		Port:          server.RANDOM_PORT,
		Authorization: b.token,
		NoSigs:        true,
		NoLog:         true,
	})
	if err != nil {
		return nil, fmt.Errorf("embed nats: %w", err)
	}
	b.server = ns
	ns.Start()
	if !ns.ReadyForConnections(5 * time.Second) {
		b.stop()
		return nil, errors.New("embed nats: not ready in time")
	}
	return b, nil
}

func (b *bus) url() string { return fmt.Sprintf("nats://%s@%s", b.token, b.server.Addr()) }

func (b *bus) stop() {
	if b == nil {
		return
	}
	b.server.Shutdown()
	b.server.WaitForShutdown()
}
