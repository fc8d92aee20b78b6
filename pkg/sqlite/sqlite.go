// Package sqlite opens the embedded database of the one-process form.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // pure Go: builds without a C compiler
	sqlite3 "modernc.org/sqlite/lib"
)

const readers = 4 // connections that read beside the one that writes

// DB is one SQLite file, opened once to write and several times to read. With a
// write-ahead log readers see the last commit and never wait for the writer.
type DB struct {
	// Write has a single connection, and its transactions take the write lock
	// when they begin: SQLite has one writer, and a transaction that reads first
	// and asks for the lock later can only fail.
	Write *sql.DB

	// Read refuses to write.
	Read *sql.DB
}

// Open opens the database in the file at path, which is made when it is
// missing, and brings it up to date with migrations, which are goose files
// (github.com/pressly/goose). A commit is on the disk when it returns.
func Open(ctx context.Context, path string, migrations fs.FS) (*DB, error) {
	return open(path, func(db *sql.DB) error { return migrate(ctx, db, migrations) })
}

func open(path string, prepare func(*sql.DB) error) (*DB, error) {
	write, err := sql.Open("sqlite", dsn(path, url.Values{"_txlock": {"immediate"}}))
	if err != nil {
		return nil, fmt.Errorf("open sqlite %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := prepare(write); err != nil {
		return nil, errors.Join(fmt.Errorf("open sqlite %s: %w", path, err), write.Close())
	}
	read, err := sql.Open("sqlite", dsn(path, url.Values{"_pragma": {"query_only(1)"}}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open sqlite %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &DB{Write: write, Read: read}, nil
}

// Close closes all connections.
func (db *DB) Close() error { return errors.Join(db.Read.Close(), db.Write.Close()) }

func dsn(path string, extra url.Values) string {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)", // first: the others may have to wait for a lock
		"journal_mode(WAL)",
		"synchronous(FULL)", // in a write-ahead log NORMAL may lose the last commits with the power
		"foreign_keys(1)",
	}}
	for name, values := range extra {
		q[name] = append(q[name], values...)
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func migrate(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// IsUnique reports whether err violates a unique constraint or index, given as
// SQLite names it: "table.column" for columns, "index 'name'" for an index on
// expressions.
func IsUnique(err error, name string) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || (e.Code() != sqlite3.SQLITE_CONSTRAINT_UNIQUE && e.Code() != sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return false
	}
	// The driver has the name nowhere but in the text: "… constraint failed: products.sku (2067)".
	return strings.Contains(e.Error(), "constraint failed: "+name+" (")
}
