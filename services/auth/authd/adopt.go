package authd

import (
	"context"
	"errors"
	"strings"

	"stockroom/pkg/importing"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/bcrypthash"
	"stockroom/services/auth/adapters/pgsource"
	"stockroom/services/auth/adapters/usersclient"
)

// Import takes over the password hashes of another system into the database at
// databaseURL, as Config.DatabaseURL has it, for the accounts that known knows.
// No server is needed and none is disturbed. A rehearsal writes nothing. After a
// failure it may be run again.
func Import(ctx context.Context, databaseURL string, known auth.Known, source *importing.Source, rehearse bool, w importing.Watcher) (result importing.Result, err error) {
	db, err := openDatabase(ctx, databaseURL, true)
	if err != nil {
		return importing.Result{}, err
	}
	defer func() { err = errors.Join(err, db.close()) }()

	adoption := auth.Adoption{Credentials: db.credentials, Known: known, Usable: bcrypthash.Usable, Rehearse: rehearse}
	return importing.Run(ctx, source, pgsource.Credentials(), adoption.Adopt, w)
}

// KnownToUsers asks the users service that cfg names.
func KnownToUsers(cfg Config) auth.Known {
	return usersclient.New(strings.TrimSuffix(cfg.UsersInternalURL, "/"), cfg.InternalToken).Known
}
