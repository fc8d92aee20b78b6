package upstream

import (
	"errors"
	"sync/atomic"
)

// failures counts requests that went unanswered.
type failures struct{ away, busy, timeout, broken atomic.Int64 }

func (f *failures) byReason() map[string]*atomic.Int64 {
	return map[string]*atomic.Int64{"away": &f.away, "busy": &f.busy, "timeout": &f.timeout, "broken": &f.broken}
}

func (f *failures) note(err error) {
	switch {
	case err == nil:
	case errors.Is(err, ErrAway):
		f.away.Add(1)
	case errors.Is(err, ErrBusy):
		f.busy.Add(1)
	case errors.Is(err, ErrTimeout):
		f.timeout.Add(1)
	default:
		f.broken.Add(1)
	}
}
