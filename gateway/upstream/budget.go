package upstream

import (
	"sync/atomic"

	"stockroom/gateway/admission"
)

// budget bounds how many requests are sent again after their answers were lost:
// a fifth of all, and at once as many as the death of one replica can cost. A
// service that loses more is in trouble, and must not get twice the requests
// for it.
type budget struct{ spent atomic.Int64 }

const (
	retryCost  = 5 // requests that earn one
	allRetries = admission.MaxAtOnce * retryCost
)

// earn counts a request.
func (b *budget) earn() {
	for {
		n := b.spent.Load()
		if n == 0 || b.spent.CompareAndSwap(n, n-1) {
			return
		}
	}
}

// retry reports whether one more request may be sent again.
func (b *budget) retry() bool {
	for {
		n := b.spent.Load()
		if n+retryCost > allRetries {
			return false
		}
		if b.spent.CompareAndSwap(n, n+retryCost) {
			return true
		}
	}
}
