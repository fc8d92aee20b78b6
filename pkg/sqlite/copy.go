package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Copy writes the database in the file at from, as it is after some commit, into
// a new file at to. Others may go on reading and writing meanwhile; every commit
// that had returned when Copy was called is in the copy.
func Copy(ctx context.Context, from, to string) error {
	err := withFile(ctx, from, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, `vacuum into ?`, to)
		return err
	})
	if err != nil {
		return fmt.Errorf("copy sqlite %s: %w", from, err)
	}
	return nil
}

// Check fails unless the file at path is a database without damage.
func Check(ctx context.Context, path string) error {
	err := withFile(ctx, path, func(db *sql.DB) error {
		damage, err := texts(ctx, db, `
			select integrity_check from pragma_integrity_check
			where integrity_check <> 'ok'
			union all
			select 'a row of ' || "table" || ' refers to none of ' || parent from pragma_foreign_key_check`)
		if err == nil && len(damage) > 0 {
			err = errors.New(strings.Join(damage, "; "))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("check sqlite %s: %w", path, err)
	}
	return nil
}

// withFile opens a file that has to be there already.
func withFile(ctx context.Context, path string, use func(*sql.DB) error) error {
	db, err := sql.Open("sqlite", dsn(path, url.Values{"mode": {"rw"}}))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	err = db.PingContext(ctx)
	if err == nil {
		err = use(db)
	}
	return errors.Join(err, db.Close())
}

func texts(ctx context.Context, db *sql.DB, query string) ([]string, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells

	var found []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, rows.Err()
}
