package usersd

import (
	"context"

	"stockroom/services/users"
)

// Records are the accounts in a database, without the service around them.
type Records struct{ db database }

// OpenRecords opens the database at url, as Config.DatabaseURL has it. No server
// is needed and none is disturbed.
func OpenRecords(ctx context.Context, url string) (*Records, error) {
	db, err := openDatabase(ctx, url, true)
	if err != nil {
		return nil, err
	}
	return &Records{db}, nil
}

// Known returns which of ids are those of accounts, deleted ones included.
func (r *Records) Known(ctx context.Context, ids []string) ([]string, error) {
	asked := make([]users.AccountID, len(ids))
	for i, id := range ids {
		asked[i] = users.AccountID(id)
	}
	found, err := r.db.store.Known(ctx, asked)
	known := make([]string, len(found))
	for i, id := range found {
		known[i] = string(id)
	}
	return known, err
}

// ActiveAdmins counts the accounts that can administer the system.
func (r *Records) ActiveAdmins(ctx context.Context) (int, error) { return r.db.store.ActiveAdmins(ctx) }

// Close closes the database.
func (r *Records) Close() error { return r.db.close() }
