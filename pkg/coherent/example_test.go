package coherent_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
)

// A cache over a database of notes. What it answers is never from before the
// last write of this process.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	dir, err := os.MkdirTemp("", "cache")
	check(err)
	defer os.RemoveAll(dir) //nolint:errcheck // it is a temporary directory
	db, err := sqlite.Open(ctx, filepath.Join(dir, "notes.db"), commitlogtest.SQLiteMigrations)
	check(err)
	log := sqlitelog.New(db)

	// The cache learns from a follower of the log what has become invalid, and
	// how far it may believe itself.
	cache := coherent.New(coherent.Config{Name: "notes"})
	follower := commitlog.NewFollower(commitlog.Config{
		Source: log, Sink: cache,
		Lease: time.Hour, // the usual second may pass on a busy machine, and more would come from the database
	})
	cache.Follow(follower)
	log.OnCommit(follower.Committed)
	done := make(chan error)
	go func() { done <- follower.Run(ctx) }()

	write := func() {
		ev, err := log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
			_, err := tx.ExecContext(ctx, `insert into notes (seq) values (?)`, seq)
			return commitlog.Entry{Lists: true, Kind: "noted"}, err // answers about many notes have changed
		})
		check(err)
		follower.Wait(ctx, ev.Seq) // for the same reason
	}
	read := func() {
		a, err := cache.Get(ctx, coherent.List("how many"), 0, func(ctx context.Context) (coherent.Entry, error) {
			// The head of the log, in one snapshot with the value, says how new it is.
			var e coherent.Entry
			var notes int
			err := db.Read.QueryRowContext(ctx, `select seq, (select count(*) from notes) from commit_head`).Scan(&e.AsOf, &notes)
			e.Body = fmt.Appendf(nil, "%d notes", notes)
			return e, err
		})
		check(err)
		fmt.Printf("%s, from %s\n", a.Body, a.Origin)
	}

	write()
	for !follower.Fresh() { // until the lease begins everything comes from the database
		follower.Wait(ctx, 1)
	}
	read()
	read()
	write()
	read()
	read()

	stop()
	check(<-done)
	cache.Close()
	check(db.Close())
	// Output:
	// 1 notes, from db
	// 1 notes, from l1
	// 2 notes, from db
	// 2 notes, from l1
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
