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
)

// Log is a [commitlog.Source] and the only way to write what it covers.
type Log struct {
	pool     *pgxpool.Pool
	onCommit func(context.Context, commitlog.Event)
}

var (
	_ commitlog.Source = (*Log)(nil)
	_ commitlog.Raiser = (*Log)(nil)
)

// New returns the log in the schema of pool.
func New(pool *pgxpool.Pool) *Log {
	return &Log{pool: pool, onCommit: func(context.Context, commitlog.Event) {}}
}

// OnCommit sets what is told of every commit, after it. Call it before the
// first Write.
func (l *Log) OnCommit(tell func(context.Context, commitlog.Event)) { l.onCommit = tell }

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
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after Commit it has nothing to do

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
	if err := tx.Commit(ctx); err != nil {
		return commitlog.Event{}, fmt.Errorf("commit %d: %w", ev.Seq, err)
	}
	ev.At = ev.At.UTC()
	l.onCommit(ctx, ev)
	return ev, nil
}

// Head implements [commitlog.Source]. It fails on a standby, which may be behind.
func (l *Log) Head(ctx context.Context) (commitlog.Head, error) {
	var h commitlog.Head
	var standby bool
	err := l.pool.QueryRow(ctx, `select epoch, seq, pg_is_in_recovery() from commit_head where id = 1`).Scan(&h.Epoch, &h.Seq, &standby)
	if err != nil {
		return commitlog.Head{}, fmt.Errorf("read head: %w", err)
	}
	if standby {
		return commitlog.Head{}, fmt.Errorf("read head: the database is a standby")
	}
	return h, nil
}

// Since implements [commitlog.Source].
func (l *Log) Since(ctx context.Context, after int64, limit int) ([]commitlog.Event, error) {
	rows, err := l.pool.Query(ctx, `
		select h.epoch, l.seq, l.ids::text[], l.lists, l.kind, l.at
		from commit_log l, commit_head h
		where h.id = 1 and l.seq > $1
		order by l.seq
		limit $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read log after %d: %w", after, err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByPos[commitlog.Event])
	if err != nil {
		return nil, fmt.Errorf("read log after %d: %w", after, err)
	}
	for i := range events {
		events[i].At = events[i].At.UTC()
	}
	return events, nil
}

// Raise implements [commitlog.Raiser].
func (l *Log) Raise(ctx context.Context, found, seen commitlog.Head) error {
	_, err := l.pool.Exec(ctx, `
		update commit_head set epoch = greatest(epoch, $2) + 1, seq = greatest(seq, $3)
		where id = 1 and epoch = $1`, found.Epoch, seen.Epoch, seen.Seq)
	if err != nil {
		return fmt.Errorf("end epoch %d: %w", found.Epoch, err)
	}
	return nil
}

// Trim forgets commits older than keep and all but the last rows ones.
func (l *Log) Trim(ctx context.Context, keep time.Duration, rows int64) error {
	_, err := l.pool.Exec(ctx, `
		delete from commit_log
		where at < clock_timestamp() - $1::interval
		   or seq <= (select seq from commit_head where id = 1) - $2`, keep, rows)
	if err != nil {
		return fmt.Errorf("trim log: %w", err)
	}
	return nil
}
