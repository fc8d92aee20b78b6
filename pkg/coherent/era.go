package coherent

import (
	"sync/atomic"

	"stockroom/pkg/commitlog"
)

// stripeCount bounds the memory of the guard. Two ids on one stripe cost at
// most a put that would have been allowed.
const stripeCount = 4096

// era is what the first level knows since its last reset. Every entry belongs
// to the era in which its read began, and is gone with it: numbers of another
// epoch, or from before a jump of the position, are never compared with ours.
type era struct {
	epoch   int64
	floor   int64                     // events up to here were not applied one by one
	listGen atomic.Int64              // the last event that may have changed a list
	stripes [stripeCount]atomic.Int64 // the last event that named an id of the stripe

	begun atomic.Bool // the second level has been brought to this era
}

func newEra(head commitlog.Head) *era {
	e := &era{epoch: head.Epoch, floor: head.Seq}
	e.listGen.Store(head.Seq)
	return e
}

// admits says whether nothing is known that came after asOf and may have
// changed the value.
func (e *era) admits(key Key, stripe uint64, asOf int64) bool {
	if asOf < e.floor {
		return false
	}
	if key.IsList() {
		return asOf >= e.listGen.Load()
	}
	return asOf >= e.stripes[stripe].Load()
}

// raise sets v to at least seq.
func raise(v *atomic.Int64, seq int64) {
	for {
		old := v.Load()
		if old >= seq || v.CompareAndSwap(old, seq) {
			return
		}
	}
}
