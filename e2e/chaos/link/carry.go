package link

import (
	"net"
	"sync"
	"time"
)

const dialTimeout = 2 * time.Second

// piece is what was read at once, and when it is due at the other end.
type piece struct {
	data []byte
	due  time.Time
}

// carry connects client to the server until one of them ends the connection.
func (l *Link) carry(client net.Conn) {
	defer l.drop(client)
	if !l.keep(client) {
		return
	}
	server, err := (&net.Dialer{Timeout: dialTimeout}).Dial(l.network, l.server)
	if err != nil {
		return
	}
	defer l.drop(server)
	if !l.keep(server) {
		return
	}
	over := make(chan struct{})
	end := sync.OnceFunc(func() {
		close(over)
		l.drop(client)
		l.drop(server)
	})
	var both sync.WaitGroup
	both.Go(func() { l.pump(server, client, func(s State) bool { return s.HoldUp }, over, end) })
	both.Go(func() { l.pump(client, server, func(s State) bool { return s.HoldDn }, over, end) })
	both.Wait()
}

// pump moves bytes one way. Reading goes on while earlier bytes are under way,
// so that a delay is one and not a limit of speed.
func (l *Link) pump(to, from net.Conn, held func(State) bool, over <-chan struct{}, end func()) {
	pieces := make(chan piece, 64)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(pieces)
		for {
			data := make([]byte, 16<<10)
			n, err := from.Read(data)
			if n > 0 {
				state, _ := l.look()
				select {
				case pieces <- piece{data[:n], time.Now().Add(state.Delay)}:
				case <-over:
					return
				}
			}
			if err != nil {
				return
			}
		}
	})
	for p := range pieces {
		if !l.until(p.due, held, over) {
			break
		}
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	end()
	reading.Wait()
}

// until waits until a piece may arrive, and returns false if it never may.
func (l *Link) until(due time.Time, held func(State) bool, over <-chan struct{}) bool {
	for {
		state, changed := l.look()
		var ripe <-chan time.Time
		if !held(state) {
			wait := time.Until(due)
			if wait <= 0 {
				return true
			}
			ripe = time.After(wait)
		}
		select {
		case <-ripe:
		case <-changed:
		case <-over:
			return false
		}
	}
}
