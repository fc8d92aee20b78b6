package catalogd

import (
	"context"
	"errors"
	"time"

	"stockroom/pkg/commitlog"
)

// RaiseEpoch begins a new epoch in the commit log of the database at databaseURL,
// as Config.DatabaseURL has it, which has been brought back from a backup.
// Whatever caches hold of the time before is forgotten, and no version of a
// product is given a second time. Nothing may serve before it returns.
func RaiseEpoch(ctx context.Context, databaseURL string) (commitlog.Head, error) {
	db, err := openDatabase(ctx, databaseURL, false)
	if err != nil {
		return commitlog.Head{}, err
	}
	head, err := commitlog.Restored(ctx, db.log, time.Now())
	return head, errors.Join(err, db.close())
}
