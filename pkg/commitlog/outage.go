package commitlog

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// Outage logs when something stops working and when it works again, and
// nothing in between.
type Outage struct {
	log  *slog.Logger
	what string
	on   atomic.Bool
}

// NewOutage returns one that logs to log that what fails, and that it works again.
func NewOutage(log *slog.Logger, what string) *Outage { return &Outage{log: log, what: what} }

// Note takes note of how something ended that ctx was for.
func (o *Outage) Note(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil: // whoever asked has gone, which says nothing
	case err != nil && o.on.CompareAndSwap(false, true):
		o.log.WarnContext(ctx, o.what+" fails", "err", err)
	case err == nil && o.on.CompareAndSwap(true, false):
		o.log.InfoContext(ctx, o.what+" works again")
	}
}
