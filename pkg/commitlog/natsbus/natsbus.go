// Package natsbus carries messages between processes with core NATS.
package natsbus

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"stockroom/pkg/commitlog"
)

// Bus is a [commitlog.Bus] on a NATS server. It works whenever the server can
// be reached, and says so when it could not.
type Bus struct {
	conn *nats.Conn

	mu          sync.Mutex
	interrupted []*func()
}

var _ commitlog.Bus = (*Bus)(nil)

// Connect returns a bus on the servers at url. It succeeds if none answers: the
// connection is made when one does. name tells the server who this is.
//
// The defaults of the library would leave a dead connection unnoticed for
// minutes, stop reconnecting after a while, and send old messages late.
func Connect(url, name string) (*Bus, error) {
	b := new(Bus)
	tell := func(*nats.Conn) { b.tell() }
	conn, err := nats.Connect(url,
		nats.Name(name),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100*time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.ReconnectBufSize(-1),
		nats.PingInterval(time.Second),
		nats.MaxPingsOutstanding(2),
		nats.Timeout(2*time.Second),
		nats.FlusherTimeout(2*time.Second),
		nats.ConnectHandler(tell),
		nats.ReconnectHandler(tell),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { b.tell() }),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) { b.tell() }),
	)
	if err != nil {
		return nil, fmt.Errorf("connect nats: %w", err)
	}
	b.conn = conn
	return b, nil
}

// Close ends the connection, and with it every subscription.
func (b *Bus) Close() { b.conn.Close() }

// Publish implements [commitlog.Bus]. It fails while there is no connection.
func (b *Bus) Publish(subject string, data []byte) error {
	if err := b.conn.Publish(subject, data); err != nil {
		return fmt.Errorf("publish on %s: %w", subject, err)
	}
	return nil
}

// Subscribe implements [commitlog.Bus].
func (b *Bus) Subscribe(subject string, receive func([]byte), interrupted func()) (stop func(), err error) {
	b.add(&interrupted)
	sub, err := b.conn.Subscribe(subject, func(m *nats.Msg) { receive(m.Data) })
	if err != nil {
		b.remove(&interrupted)
		return nil, fmt.Errorf("subscribe to %s: %w", subject, err)
	}
	return func() {
		b.remove(&interrupted)
		_ = sub.Unsubscribe() // fails only if the connection has ended, and the subscription with it
	}, nil
}

func (b *Bus) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, interrupted := range b.interrupted {
		(*interrupted)()
	}
}

func (b *Bus) add(interrupted *func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.interrupted = append(b.interrupted, interrupted)
}

func (b *Bus) remove(interrupted *func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.interrupted = slices.DeleteFunc(b.interrupted, func(o *func()) bool { return o == interrupted })
}
