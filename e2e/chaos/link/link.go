// Package link is a TCP link between two programs that can be made to fail.
package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// State is how a link behaves. Its zero value passes everything at once.
type State struct {
	Refuse bool          // connections end, and none begins
	Delay  time.Duration // of every byte, in each direction
	HoldUp bool          // nothing more arrives at the server, and nobody is told
	HoldDn bool          // nothing more arrives at the client, and nobody is told
}

// Link is a way to a server. What is held is neither lost nor refused: it
// arrives when the link passes again, as over a network that comes back, unless
// the link is cut first.
type Link struct {
	network, server string
	listener        net.Listener
	running         sync.WaitGroup

	mu      sync.Mutex
	state   State
	changed chan struct{} // closed with every change of state
	conns   map[net.Conn]bool
	closed  bool
}

// To opens a link to a server.
func To(ctx context.Context, network, server string) (*Link, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open link: %w", err)
	}
	l := &Link{network: network, server: server, listener: listener, changed: make(chan struct{}), conns: map[net.Conn]bool{}}
	l.running.Go(l.accept)
	return l, nil
}

// Addr is where the client finds the server.
func (l *Link) Addr() string { return l.listener.Addr().String() }

// Set makes the link behave as s says, from now on.
func (l *Link) Set(s State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
	close(l.changed)
	l.changed = make(chan struct{})
	if s.Refuse {
		l.cut()
	}
}

// Cut ends every connection, with what it holds.
func (l *Link) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut()
}

// cut resets the connections: an orderly end would let held bytes through.
func (l *Link) cut() {
	for conn := range l.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // it is about to be closed
		}
		_ = conn.Close() // whoever uses it finds out
	}
}

// Close ends the link and returns when nothing of it is left.
func (l *Link) Close() error {
	l.mu.Lock()
	l.closed = true
	l.cut()
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	err := l.listener.Close()
	l.running.Wait()
	return err
}

// look returns the state, and what is closed when there is another one.
func (l *Link) look() (State, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state, l.changed
}

func (l *Link) accept() {
	for {
		client, err := l.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			l.running.Go(func() { l.carry(client) })
		}
	}
}

// keep takes note of a connection, unless there must not be any.
func (l *Link) keep(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.state.Refuse {
		return false
	}
	l.conns[conn] = true
	return true
}

func (l *Link) drop(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, conn)
	_ = conn.Close() // it may be closed already
}
