package history

import (
	"cmp"
	"slices"
	"time"
)

// acks answer which commit was the last one acknowledged at a moment.
type acks []ack

type ack struct {
	at  time.Duration
	seq int64 // the highest up to then
}

func (a acks) sort() {
	slices.SortFunc(a, func(x, y ack) int { return cmp.Compare(x.at, y.at) })
	for i := 1; i < len(a); i++ {
		a[i].seq = max(a[i].seq, a[i-1].seq)
	}
}

// before returns the last commit acknowledged before at.
func (a acks) before(at time.Duration) int64 {
	n, _ := slices.BinarySearchFunc(a, at, func(x ack, at time.Duration) int { return cmp.Compare(x.at, at) })
	if n == 0 {
		return 0
	}
	return a[n-1].seq
}
