package usersd

import (
	"context"
	"errors"
	"time"

	"stockroom/pkg/commitlog"
)

// RaiseEpoch begins a new epoch in the commit log of the database at databaseURL,
// as Config.DatabaseURL has it, which has been brought back from a backup.
// Whoever follows the log starts over, and no version of an account's rights is
// given a second time: a token of before may not pass for a newer one. Nothing
// may serve before it returns.
func RaiseEpoch(ctx context.Context, databaseURL string) (commitlog.Head, error) {
	db, err := openDatabase(ctx, databaseURL, false)
	if err != nil {
		return commitlog.Head{}, err
	}
	head, err := commitlog.Restored(ctx, db.log, time.Now())
	return head, errors.Join(err, db.close())
}
