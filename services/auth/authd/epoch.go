package authd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stockroom/pkg/commitlog"
)

// RaiseEpoch begins a new epoch in the commit log of the database at databaseURL,
// as Config.DatabaseURL has it, which has been brought back from a backup.
// Whoever follows the log of ended sessions starts over. Nothing may serve before
// it returns.
func RaiseEpoch(ctx context.Context, databaseURL string) (head commitlog.Head, err error) {
	db, err := openDatabase(ctx, databaseURL, false)
	if err != nil {
		return commitlog.Head{}, err
	}
	defer func() { err = errors.Join(err, db.close()) }()

	head, err = commitlog.Restored(ctx, db.log, time.Now())
	if err != nil {
		return commitlog.Head{}, fmt.Errorf("raise the epoch: %w", err)
	}
	return head, nil
}
