package chaos

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
)

// stockbook is what writers tell readers.
type stockbook struct {
	newest atomic.Pointer[commit] // the highest that was acknowledged

	mu   sync.RWMutex
	live []string
	gone []string // the last few
}

// acknowledged takes note of a commit.
func (b *stockbook) acknowledged(c commit) {
	for {
		old := b.newest.Load()
		if old != nil && old.seq >= c.seq || b.newest.CompareAndSwap(old, &c) {
			return
		}
	}
}

func (b *stockbook) add(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.live = append(b.live, id)
}

func (b *stockbook) remove(id string) {
	const few = 20
	b.mu.Lock()
	defer b.mu.Unlock()
	b.live = slices.DeleteFunc(b.live, func(l string) bool { return l == id })
	b.gone = append(b.gone, id)
	b.gone = b.gone[max(0, len(b.gone)-few):]
}

// any returns a product, now and then one that has been deleted.
func (b *stockbook) any(rng *rand.Rand) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	from := b.live
	if len(b.gone) > 0 && rng.IntN(10) == 0 || len(from) == 0 {
		from = b.gone
	}
	if len(from) == 0 {
		return ""
	}
	return from[rng.IntN(len(from))]
}
