// Package pglog keeps a commit log in PostgreSQL, in the tables commit_head and
// commit_log of the schema that the pool works in.
package pglog

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/failpoint"
)

// Log is a [commitlog.Source] and the only way to write what it covers.
type Log struct {
	pool     *pgxpool.Pool
	probe    *probe
	onCommit func(context.Context, commitlog.Event)
}

var (
	_ commitlog.Source = (*Log)(nil)
	_ commitlog.Raiser = (*Log)(nil)
)

// New returns the log in the schema of pool.
func New(pool *pgxpool.Pool) *Log {
	return &Log{pool: pool, probe: newProbe(pool.Config()), onCommit: func(context.Context, commitlog.Event) {}}
}

// OnCommit sets what is told of every commit, after it. Call it before the
// first Write.
func (l *Log) OnCommit(tell func(context.Context, commitlog.Event)) { l.onCommit = tell }

// Close closes the connection that the log is read on, beside the pool's.
func (l *Log) Close() {
	<-l.probe.turn
	defer func() { l.probe.turn <- struct{}{} }()
	l.probe.disconnect(context.Background())
}

// Write runs fn in a transaction whose commit has number seq. Writers wait for
// each other from the first statement on, so they cannot deadlock, and what fn
// reads cannot change under it. An error of fn is returned as it is, and
// nothing has happened; when Write fails otherwise, the commit may still have
// taken place, and then the log has it.
func (l *Log) Write(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, seq int64) (commitlog.Entry, error)) (commitlog.Event, error) {
	tx, err := l.pool.Begin(ctx)
	if err != nil {
		return commitlog.Event{}, fmt.Errorf("begin: %w", err)
	}
	defer rollback(ctx, tx)

	var ev commitlog.Event
	err = tx.QueryRow(ctx, `update commit_head set seq = seq + 1 where id = 1 returning epoch, seq`).Scan(&ev.Epoch, &ev.Seq)
	if err != nil {
		return commitlog.Event{}, fmt.Errorf("take the next commit number: %w", err)
	}
	entry, err := fn(ctx, tx, ev.Seq)
	if err != nil {
		return commitlog.Event{}, err
	}
	ev.IDs, ev.Lists, ev.Kind = append([]string{}, entry.IDs...), entry.Lists, entry.Kind
	err = tx.QueryRow(ctx, `
		insert into commit_log (seq, ids, lists, kind, actor, at)
		values ($1, $2::uuid[], $3, $4, nullif($5, '')::uuid, clock_timestamp())
		returning at`, ev.Seq, ev.IDs, ev.Lists, ev.Kind, entry.Actor).Scan(&ev.At)
	if err != nil {
		return commitlog.Event{}, fmt.Errorf("log commit %d: %w", ev.Seq, err)
	}
	failpoint.Reach(failpoint.BeforeCommit)
	if err := tx.Commit(ctx); err != nil {
		return commitlog.Event{}, fmt.Errorf("commit %d: %w", ev.Seq, err)
	}
	failpoint.Reach(failpoint.AfterCommit)
	ev.At = ev.At.UTC()
	l.onCommit(ctx, ev)
	return ev, nil
}

// rollback gives the number back even if the caller has gone. After a commit it
// has nothing to do.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	_ = tx.Rollback(ctx) // if it fails the connection is closed, which rolls back too
}

// trimBatch bounds how long one statement of Trim takes.
const trimBatch = 10_000

// Trim forgets commits older than keep and all but the last rows ones, from the
// beginning of the log on.
func (l *Log) Trim(ctx context.Context, keep time.Duration, rows int64) error {
	for {
		tag, err := l.pool.Exec(ctx, `
			delete from commit_log where seq in (
				select l.seq from commit_log l, commit_head h
				where h.id = 1 and l.seq < greatest(
					h.seq + 1 - $2,
					coalesce((select seq from commit_log where at >= clock_timestamp() - $1::interval order by seq limit 1), h.seq + 1))
				order by l.seq limit $3)`, keep, rows, trimBatch)
		if err != nil {
			return fmt.Errorf("trim log: %w", err)
		}
		if tag.RowsAffected() < trimBatch {
			return nil
		}
	}
}
