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

// NoAccount is the reason with which [Import] refuses what belongs to no account.
const NoAccount = auth.NoAccount

// Known tells which of ids are those of accounts, deleted ones included.
type Known func(ctx context.Context, ids []string) ([]string, error)

// Import takes over the password hashes of another system into the database at
// databaseURL, as Config.DatabaseURL has it, for the accounts that known knows.
// No server is needed and none is disturbed. A rehearsal writes nothing. After a
// failure it may be run again.
func Import(ctx context.Context, databaseURL string, known Known, source *importing.Source, rehearse bool, w importing.Watcher) (result importing.Result, err error) {
	db, err := openDatabase(ctx, databaseURL, true)
	if err != nil {
		return importing.Result{}, err
	}
	defer func() { err = errors.Join(err, db.close()) }()

	adoption := auth.Adoption{
		Credentials: db.credentials, Usable: bcrypthash.Usable, Rehearse: rehearse,
		Known: func(ctx context.Context, ids []auth.AccountID) ([]auth.AccountID, error) {
			found, err := known(ctx, convert[string](ids))
			return convert[auth.AccountID](found), err
		},
	}
	return importing.Run(ctx, source, pgsource.Credentials(), adoption.Adopt, w)
}

// KnownToUsers asks the users service that cfg names.
func KnownToUsers(cfg Config) Known {
	client := usersclient.New(strings.TrimSuffix(cfg.UsersInternalURL, "/"), cfg.InternalToken)
	return func(ctx context.Context, ids []string) ([]string, error) {
		found, err := client.Known(ctx, convert[auth.AccountID](ids))
		return convert[string](found), err
	}
}

func convert[To, From ~string](from []From) []To {
	to := make([]To, len(from))
	for i, s := range from {
		to[i] = To(s)
	}
	return to
}
