package wire

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// crowd is the connections there are.
type crowd struct {
	limits Limits

	mu   sync.Mutex
	all  map[*Conn]struct{}
	from map[netip.Addr]int

	full, greedy, evicted, slow int64

	cut time.Time // when slow ones were last
}

func newCrowd(limits Limits) crowd {
	return crowd{limits: limits, all: map[*Conn]struct{}{}, from: map[netip.Addr]int{}}
}

// enter reports whether there is room for c. In a full house those leave first
// that have been idle for the longest.
func (w *crowd) enter(c *Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	from := w.countedFor(c.RemoteAddr())
	if from.IsValid() && w.from[from] >= w.limits.PerAddress {
		w.greedy++
		return false
	}
	if w.limits.Connections > 0 && len(w.all) >= w.limits.Connections && !w.makeRoom() {
		w.full++
		return false
	}
	w.all[c] = struct{}{}
	if from.IsValid() {
		c.from = from
		w.from[from]++
	}
	return true
}

// countedFor returns the address, or for IPv6 the network, that a connection
// counts for; none if there is no limit for it.
func (w *crowd) countedFor(peer net.Addr) netip.Addr {
	at, ok := peer.(*net.TCPAddr)
	if !ok || w.limits.PerAddress <= 0 {
		return netip.Addr{}
	}
	a := at.AddrPort().Addr().Unmap()
	if w.limits.Exempt != nil && w.limits.Exempt(a) {
		return netip.Addr{}
	}
	return Network(a)
}

// Network returns what an address counts for: of IPv6 its /64, for whoever has one
// of those has all of its 2^64 addresses.
func Network(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	const bits = 64
	p, _ := a.Prefix(bits) // there is one of every IPv6 address
	return p.Addr()
}

// evicting is the share of all connections that is closed at once: to find those
// that have been idle for the longest, all have to be looked at.
const evicting = 64

// makeRoom reports whether it could close some idle connections.
func (w *crowd) makeRoom() bool {
	room := false
	for _, i := range w.oldest(func(c *Conn) int64 { return c.idle.Load() }, len(w.all)/evicting+1) {
		if i.c.idle.CompareAndSwap(i.since, closing) {
			hangUp(i.c.Conn)
			w.forget(i.c)
			w.evicted++
			room = true
		}
	}
	return room
}

// lasting is a connection and since when something has been so.
type lasting struct {
	c     *Conn
	since int64
}

// oldest returns up to n connections for which something has been so for the
// longest. It is not so where since is not positive.
func (w *crowd) oldest(since func(*Conn) int64, n int) []lasting {
	var all []lasting
	for c := range w.all {
		if at := since(c); at > 0 {
			all = append(all, lasting{c, at})
		}
	}
	slices.SortFunc(all, func(a, b lasting) int { return cmp.Compare(a.since, b.since) })
	return all[:min(len(all), n)]
}

// What is slow when others wait, and how often that is looked for.
const (
	slowAnswer = time.Second
	slowLook   = 100 * time.Millisecond
)

// cutSlow closes the connections whose clients take the longest over large
// answers, while others cannot be given theirs.
func (w *crowd) cutSlow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if now.Sub(w.cut) < slowLook {
		return
	}
	w.cut = now
	for _, o := range w.oldest(func(c *Conn) int64 { return c.owing.Load() }, len(w.all)/evicting+1) {
		if o.since > now.Add(-slowAnswer).UnixNano() {
			return
		}
		hangUp(o.c.Conn)
		w.slow++
	}
}

// squeeze closes some idle connections.
func (w *crowd) squeeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.makeRoom()
}

func (w *crowd) leave(c *Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forget(c)
}

func (w *crowd) forget(c *Conn) {
	if _, ok := w.all[c]; !ok {
		return
	}
	delete(w.all, c)
	if !c.from.IsValid() {
		return
	}
	if w.from[c.from]--; w.from[c.from] == 0 {
		delete(w.from, c.from)
	}
}

// replace has other take the place of c.
func (w *crowd) replace(c, other *Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, c)
	w.all[other] = struct{}{}
}

func (w *crowd) closeUnused() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.all {
		if c.isUnused() {
			hangUp(c.Conn)
		}
	}
}

func (w *crowd) count() Connections {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Connections{len(w.all), w.full, w.greedy, w.evicted, w.slow}
}
