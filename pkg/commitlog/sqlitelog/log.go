// Package sqlitelog keeps a commit log in SQLite, in the tables commit_head and
// commit_log.
package sqlitelog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/sqlite"
)

// Log is a [commitlog.Source] and the only way to write what it covers.
type Log struct {
	db       *sqlite.DB
	onCommit func(context.Context, commitlog.Event)
}

var (
	_ commitlog.Source = (*Log)(nil)
	_ commitlog.Raiser = (*Log)(nil)
)

// New returns the log in db.
func New(db *sqlite.DB) *Log {
	return &Log{db: db, onCommit: func(context.Context, commitlog.Event) {}}
}

// OnCommit sets what is told of every commit, after it. Call it before the
// first Write.
func (l *Log) OnCommit(tell func(context.Context, commitlog.Event)) { l.onCommit = tell }

// Write runs fn in a transaction whose commit has number seq. There is one
// writer at a time, so what fn reads cannot change under it. An error of fn is
// returned as it is, and nothing has happened.
func (l *Log) Write(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error)) (commitlog.Event, error) {
	tx, err := l.db.Write.BeginTx(ctx, nil)
	if err != nil {
		return commitlog.Event{}, fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it has nothing to do

	var ev commitlog.Event
	err = tx.QueryRowContext(ctx, `update commit_head set seq = seq + 1 where id = 1 returning epoch, seq`).Scan(&ev.Epoch, &ev.Seq)
	if err != nil {
		return commitlog.Event{}, fmt.Errorf("take the next commit number: %w", err)
	}
	entry, err := fn(ctx, tx, ev.Seq)
	if err != nil {
		return commitlog.Event{}, err
	}
	ev.IDs, ev.Lists, ev.Kind = append([]string{}, entry.IDs...), entry.Lists, entry.Kind
	ev.At = time.Now().UTC().Truncate(time.Microsecond)
	ids, err := json.Marshal(ev.IDs)
	if err != nil {
		return commitlog.Event{}, fmt.Errorf("log commit %d: %w", ev.Seq, err)
	}
	_, err = tx.ExecContext(ctx, `
		insert into commit_log (seq, ids, lists, kind, actor, at)
		values (?, ?, ?, ?, nullif(?, ''), ?)`, ev.Seq, string(ids), ev.Lists, ev.Kind, entry.Actor, sqlite.FormatTime(ev.At))
	if err != nil {
		return commitlog.Event{}, fmt.Errorf("log commit %d: %w", ev.Seq, err)
	}
	if err := tx.Commit(); err != nil {
		return commitlog.Event{}, fmt.Errorf("commit %d: %w", ev.Seq, err)
	}
	l.onCommit(ctx, ev)
	return ev, nil
}

// Head implements [commitlog.Source].
func (l *Log) Head(ctx context.Context) (commitlog.Head, error) {
	var h commitlog.Head
	err := l.db.Read.QueryRowContext(ctx, `select epoch, seq from commit_head where id = 1`).Scan(&h.Epoch, &h.Seq)
	if err != nil {
		return commitlog.Head{}, fmt.Errorf("read head: %w", err)
	}
	return h, nil
}

// Since implements [commitlog.Source].
func (l *Log) Since(ctx context.Context, after int64, limit int) ([]commitlog.Event, error) {
	rows, err := l.db.Read.QueryContext(ctx, `
		select h.epoch, l.seq, l.ids, l.lists, l.kind, l.at
		from commit_log l, commit_head h
		where h.id = 1 and l.seq > ?
		order by l.seq
		limit ?`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read log after %d: %w", after, err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells

	var events []commitlog.Event
	for rows.Next() {
		ev, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read log after %d: %w", after, err)
		}
		events = append(events, ev)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read log after %d: %w", after, err)
	}
	return events, nil
}

func scan(rows *sql.Rows) (commitlog.Event, error) {
	var ev commitlog.Event
	var ids, at string
	if err := rows.Scan(&ev.Epoch, &ev.Seq, &ids, &ev.Lists, &ev.Kind, &at); err != nil {
		return commitlog.Event{}, err
	}
	if err := json.Unmarshal([]byte(ids), &ev.IDs); err != nil {
		return commitlog.Event{}, fmt.Errorf("ids of commit %d: %w", ev.Seq, err)
	}
	var err error
	ev.At, err = sqlite.ParseTime(at)
	return ev, err
}

// Raise implements [commitlog.Raiser].
func (l *Log) Raise(ctx context.Context, found, seen commitlog.Head) error {
	_, err := l.db.Write.ExecContext(ctx, `
		update commit_head set epoch = max(epoch, ?2) + 1, seq = max(seq, ?3)
		where id = 1 and epoch = ?1`, found.Epoch, seen.Epoch, seen.Seq)
	if err != nil {
		return fmt.Errorf("end epoch %d: %w", found.Epoch, err)
	}
	return nil
}

// Trim forgets commits older than keep and all but the last rows ones, from the
// beginning of the log on.
func (l *Log) Trim(ctx context.Context, keep time.Duration, rows int64) error {
	_, err := l.db.Write.ExecContext(ctx, `
		delete from commit_log where seq < (
			select max(h.seq + 1 - ?2, coalesce((select seq from commit_log where at >= ?1 order by seq limit 1), h.seq + 1))
			from commit_head h where h.id = 1)`, sqlite.FormatTime(time.Now().Add(-keep)), rows)
	if err != nil {
		return fmt.Errorf("trim log: %w", err)
	}
	return nil
}
