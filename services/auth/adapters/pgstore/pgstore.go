// Package pgstore keeps what auth owns in PostgreSQL.
package pgstore

import (
	"embed"
	"io/fs"
	"time"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the schema, for postgres.Open.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // cannot be: the folder is embedded
	}
	return sub
}

// orZero returns the time that a nullable column holds, in UTC.
func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// orNull returns what to store for a time that may be absent.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
