package sqlite_test

import (
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/sqlite"
)

var migrations = fstest.MapFS{"00001_things.sql": {Data: []byte(`-- +goose Up
create table things (id text primary key, name text not null, alias text not null) strict;
create unique index things_name on things (name) where id <> 'gone';
create unique index things_alias on things (lower(alias));
`)}}

func open(t *testing.T, path string) *sqlite.DB {
	t.Helper()

	db, err := sqlite.Open(t.Context(), path, migrations)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestOpenTwiceKeepsData(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "with space & ?.db")
	_, err := open(t, path).Write.ExecContext(t.Context(), `insert into things values ('1', 'a', 'x')`)
	require.NoError(t, err)

	var n int
	require.NoError(t, open(t, path).Read.QueryRowContext(t.Context(), `select count(*) from things`).Scan(&n))
	require.Equal(t, 1, n)
	require.FileExists(t, path)
}

func TestSettings(t *testing.T) {
	t.Parallel()

	db := open(t, filepath.Join(t.TempDir(), "a.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		require.NoError(t, db.Write.QueryRowContext(t.Context(), "pragma "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
	_, err := db.Read.ExecContext(t.Context(), `insert into things values ('1', 'a', 'x')`)
	require.ErrorContains(t, err, "readonly")
}

func TestTransactionHoldsTheWriteLockFromItsBeginning(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "a.db")
	tx, err := open(t, path).Write.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback() //nolint:errcheck // the end of the test

	other := open(t, path)
	_, err = other.Write.ExecContext(t.Context(), `pragma busy_timeout = 0`)
	require.NoError(t, err)
	_, err = other.Write.BeginTx(t.Context(), nil)
	require.ErrorContains(t, err, "locked")
}

func TestIsUnique(t *testing.T) {
	t.Parallel()

	db := open(t, filepath.Join(t.TempDir(), "a.db"))
	insert := func(id, name, alias string) error {
		_, err := db.Write.ExecContext(t.Context(), `insert into things values (?, ?, ?)`, id, name, alias)
		return err
	}
	require.NoError(t, insert("1", "a", "x"))

	err := insert("1", "b", "y")
	require.True(t, sqlite.IsUnique(err, "things.id"), "%v", err)
	err = insert("2", "a", "y")
	require.True(t, sqlite.IsUnique(err, "things.name"), "%v", err)
	require.False(t, sqlite.IsUnique(err, "things.id"))
	err = insert("2", "b", "X")
	require.True(t, sqlite.IsUnique(err, "index 'things_alias'"), "%v", err)
	require.False(t, sqlite.IsUnique(nil, "things.name"))
}

func TestTimesCompareAsText(t *testing.T) {
	t.Parallel()

	whole := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	later := whole.Add(time.Microsecond)
	require.Less(t, sqlite.FormatTime(whole), sqlite.FormatTime(later))

	back, err := sqlite.ParseTime(sqlite.FormatTime(later))
	require.NoError(t, err)
	require.Equal(t, later.UTC(), back)
}

// newer is what a later version of a program brings along.
var newer = fstest.MapFS{"00001_things.sql": migrations["00001_things.sql"], "00002_colours.sql": {Data: []byte(`-- +goose Up
alter table things add column colour text;
`)}}

func TestOpenMigratedWantsAllMigrationsAndMakesNone(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "a.db")
	_, err := sqlite.OpenMigrated(t.Context(), path, migrations)
	require.ErrorIs(t, err, sqlite.ErrOldSchema)

	open(t, path)
	_, err = sqlite.OpenMigrated(t.Context(), path, newer)
	require.ErrorIs(t, err, sqlite.ErrOldSchema)
	require.ErrorContains(t, err, "00002_colours.sql")

	db, err := sqlite.OpenMigrated(t.Context(), path, migrations)
	require.NoError(t, err)
	_, err = db.Write.ExecContext(t.Context(), `insert into things values ('1', 'a', 'x')`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestOlderProgramStartsOnNewerSchema(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "a.db")
	for _, open := range []func() (*sqlite.DB, error){
		func() (*sqlite.DB, error) { return sqlite.Open(t.Context(), path, newer) },
		func() (*sqlite.DB, error) { return sqlite.Open(t.Context(), path, migrations) },
		func() (*sqlite.DB, error) { return sqlite.OpenMigrated(t.Context(), path, migrations) },
	} {
		db, err := open()
		require.NoError(t, err)
		_, err = db.Write.ExecContext(t.Context(), `update things set colour = 'red'`)
		require.NoError(t, err, "what is newer stays")
		require.NoError(t, db.Close())
	}
}
