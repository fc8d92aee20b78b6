//go:build nosqlite

package usersd

import (
	"context"
	"errors"
)

// openSQLite stands in where SQLite, which is for the form in one process, is
// left out: it would be a sixth of the program.
func openSQLite(context.Context, string, bool) (database, error) {
	return database{}, errors.New("this build has no SQLite: want a postgres URL in STOCKROOM_DATABASE_URL")
}
