// Package sqlitestore keeps what auth owns in SQLite.
package sqlitestore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"stockroom/pkg/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the schema, for sqlite.Open.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // cannot be: the folder is embedded
	}
	return sub
}

// inTx runs fn in a transaction that holds the write lock.
func inTx(ctx context.Context, db *sqlite.DB, fn func(*sql.Tx) error) error {
	tx, err := db.Write.BeginTx(ctx, nil)
	if err != nil {
		return sqlite.Failed(err, "begin")
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return sqlite.Failed(err, "commit")
	}
	return nil
}

// instant is a column that holds a time, or an empty text for none.
type instant struct {
	at *time.Time
}

// Scan implements [sql.Scanner].
func (i instant) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("time is a %T, not a text", value)
	}
	if text == "" {
		*i.at = time.Time{}
		return nil
	}
	t, err := sqlite.ParseTime(text)
	*i.at = t
	return err
}

func format(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return sqlite.FormatTime(t)
}
