package usersd

import (
	"context"
	"errors"

	"stockroom/pkg/importing"
	"stockroom/services/users"
	"stockroom/services/users/adapters/pgsource"
)

// Import takes over the accounts of another system into the database at
// databaseURL, as Config.DatabaseURL has it. No server is needed and none is
// disturbed: a running one finds in the log what is written. A rehearsal writes
// nothing. After a failure it may be run again.
func Import(ctx context.Context, databaseURL string, source *importing.Source, rehearse bool, w importing.Watcher) (result importing.Result, err error) {
	db, err := openDatabase(ctx, databaseURL, true)
	if err != nil {
		return importing.Result{}, err
	}
	defer func() { err = errors.Join(err, db.close()) }()

	adoption := users.NewAdoption(db.store, rehearse)
	return importing.Run(ctx, source, pgsource.Accounts(), adoption.Adopt, w)
}
