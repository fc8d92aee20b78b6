package fleet

import (
	"fmt"
	"sync"
	"time"
)

// staleness is how old an answer may be that does not say so.
const staleness = time.Second

// product is what the ledger knows of one.
type product struct {
	id      string
	version int64 // of the last change that was acknowledged
	stock   int
	deleted bool
	unsure  bool // a change was not acknowledged, and may have happened or not
	acked   []revision
}

type revision struct {
	version int64
	at      time.Time // when it was acknowledged
}

// ledger keeps what the system has acknowledged. Every product is changed by
// one writer only.
type ledger struct {
	mu       sync.Mutex
	products map[string]*product
	accounts []string // ids
}

func newLedger() *ledger { return &ledger{products: map[string]*product{}} }

// wrote takes note of an acknowledged change.
func (l *ledger) wrote(id string, version int64, stock int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.products[id]
	if !ok {
		p = &product{id: id}
		l.products[id] = p
	}
	now := time.Now()
	p.version, p.stock, p.unsure = version, stock, false
	p.acked = append(p.acked, revision{version, now})
	for len(p.acked) > 1 && now.Sub(p.acked[1].at) > 2*requestTimeout {
		p.acked = p.acked[1:]
	}
}

func (l *ledger) deleted(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.products[id].deleted = true
}

// lost takes note of a change of which nobody knows whether it happened.
func (l *ledger) lost(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.products[id].unsure = true
}

func (l *ledger) registered(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts = append(l.accounts, id)
}

// oldest returns the least version that may be shown to whoever asks at begin.
func (l *ledger) oldest(id string, begin time.Time) (version int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.products[id].acked {
		if begin.Sub(r.at) > staleness {
			version = r.version
		}
	}
	return version
}

// holds reports whether the product that was read is the one acknowledged.
func (p *product) holds(status int, version int64, stock int) error {
	switch {
	case p.unsure && (status == 404 || status == 200 && version >= p.version):
		return nil
	case p.deleted && status == 404:
		return nil
	case !p.deleted && status == 200 && version == p.version && stock == p.stock:
		return nil
	}
	return fmt.Errorf("product %s: acknowledged version %d, stock %d, deleted %v; found status %d, version %d, stock %d",
		p.id, p.version, p.stock, p.deleted, status, version, stock)
}
