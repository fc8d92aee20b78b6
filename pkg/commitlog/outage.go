package commitlog

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// outage logs when something stops working and when it works again, and
// nothing in between.
type outage struct {
	log  *slog.Logger
	what string
	on   atomic.Bool
}

func (o *outage) note(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil: // whoever asked has gone, which says nothing
	case err != nil && o.on.CompareAndSwap(false, true):
		o.log.WarnContext(ctx, o.what+" fails", "err", err)
	case err == nil && o.on.CompareAndSwap(true, false):
		o.log.InfoContext(ctx, o.what+" works again")
	}
}
