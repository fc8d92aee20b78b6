package commitlog

import (
	"context"
	"fmt"
	"time"
)

// Restored begins a new epoch in a log whose database has been brought back
// from a backup. Nothing may write to it before.
//
// Commits since the backup are lost, and their numbers may be known to caches,
// to tokens and to clients as versions of rows. How many there were nobody can
// say any more, so numbers go on from the microseconds since 1970: no log counts
// as fast as that, so none is ever given twice, however often and from whichever
// backup a database is restored. They fit into the 53 bits that JSON readers and
// Redis scripts can rely on.
func Restored(ctx context.Context, log interface {
	Source
	Raiser
}, now time.Time,
) (Head, error) {
	beyond := now.UnixMicro()
	found, err := log.Head(ctx)
	if err != nil {
		return Head{}, err
	}
	if beyond <= found.Seq {
		return Head{}, fmt.Errorf("the clock must be wrong: commit %d was made after %s", found.Seq, now.UTC().Format(time.RFC3339))
	}
	for head := found; ; {
		if err := log.Raise(ctx, head, Head{Epoch: head.Epoch, Seq: beyond}); err != nil {
			return Head{}, err
		}
		raised, err := log.Head(ctx)
		if err != nil {
			return Head{}, err
		}
		if raised.Epoch == head.Epoch {
			return Head{}, fmt.Errorf("epoch %d does not end", head.Epoch)
		}
		if raised.Seq >= beyond {
			return raised, nil
		}
		head = raised // a follower has seen the loss first, and ended the epoch for what it knew of
	}
}
