package commitlog_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
)

// listener is a sink that only says what it hears.
type listener struct{ heard chan string }

func (l listener) Reset(_ context.Context, h commitlog.Head) error {
	l.heard <- fmt.Sprintf("I begin after commit %d", h.Seq)
	return nil
}

func (l listener) Apply(_ context.Context, ev commitlog.Event) error {
	l.heard <- fmt.Sprintf("commit %d: %s %v", ev.Seq, ev.Kind, ev.IDs)
	return nil
}

func (l listener) Forget(commitlog.Event) {}

// A database with a log of its commits, and somebody who follows it.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	dir, err := os.MkdirTemp("", "log")
	check(err)
	defer os.RemoveAll(dir) //nolint:errcheck // it is a temporary directory
	db, err := sqlite.Open(ctx, filepath.Join(dir, "notes.db"), commitlogtest.SQLiteMigrations)
	check(err)
	log := sqlitelog.New(db)

	sink := listener{make(chan string)}
	follower := commitlog.NewFollower(commitlog.Config{Source: log, Sink: sink})
	log.OnCommit(follower.Committed) // commits of this process are heard of at once
	done := make(chan error)
	go func() { done <- follower.Run(ctx) }()
	fmt.Println(<-sink.heard)

	// Every write goes through the log, which gives it a number.
	go func() {
		_, err := log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
			_, err := tx.ExecContext(ctx, `insert into notes (seq) values (?)`, seq)
			return commitlog.Entry{IDs: []string{"0190d7f4-2c1e-7000-8000-00000000000a"}, Kind: "noted"}, err
		})
		check(err)
		done <- nil
	}()
	fmt.Println(<-sink.heard)
	check(<-done)

	stop()
	check(<-done)
	check(db.Close())
	// Output:
	// I begin after commit 0
	// commit 1: noted [0190d7f4-2c1e-7000-8000-00000000000a]
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
