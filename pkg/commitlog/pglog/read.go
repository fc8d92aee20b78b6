package pglog

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"stockroom/pkg/commitlog"
)

// Head implements [commitlog.Source]. It fails on a standby, which may be
// behind. If another server has taken over since the last call, which the
// timeline of its write-ahead log tells, commits may be lost: then Head begins a
// new epoch before it returns.
func (l *Log) Head(ctx context.Context) (head commitlog.Head, err error) {
	err = l.probe.do(ctx, func(conn *pgx.Conn) error {
		var timeline string
		if head, timeline, err = readHead(ctx, conn); err != nil {
			return err
		}
		if l.probe.tookOver(head, timeline) {
			if err := raise(ctx, conn, head, l.probe.head); err != nil {
				return err
			}
			if head, timeline, err = readHead(ctx, conn); err != nil {
				return err
			}
		}
		l.probe.head, l.probe.timeline = head, timeline
		return nil
	})
	if err != nil {
		return commitlog.Head{}, fmt.Errorf("read head: %w", err)
	}
	return head, nil
}

func readHead(ctx context.Context, conn *pgx.Conn) (head commitlog.Head, timeline string, err error) {
	// pg_current_wal_lsn fails during recovery: a standby cannot pass for the primary.
	err = conn.QueryRow(ctx, `
		select epoch, seq, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
		from commit_head where id = 1`).Scan(&head.Epoch, &head.Seq, &timeline)
	return head, timeline, err
}

// Since implements [commitlog.Source].
func (l *Log) Since(ctx context.Context, after int64, limit int) (events []commitlog.Event, err error) {
	err = l.probe.do(ctx, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			select h.epoch, l.seq, l.ids::text[], l.lists, l.kind, l.at
			from commit_log l, commit_head h
			where h.id = 1 and l.seq > $1
			order by l.seq
			limit $2`, after, limit)
		if err != nil {
			return err
		}
		events, err = pgx.CollectRows(rows, pgx.RowToStructByPos[commitlog.Event])
		return err
	})
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
	err := l.probe.do(ctx, func(conn *pgx.Conn) error { return raise(ctx, conn, found, seen) })
	if err != nil {
		return fmt.Errorf("end epoch %d: %w", found.Epoch, err)
	}
	return nil
}

func raise(ctx context.Context, conn *pgx.Conn, found, seen commitlog.Head) error {
	_, err := conn.Exec(ctx, `
		update commit_head set epoch = greatest(epoch, $2) + 1, seq = greatest(seq, $3)
		where id = 1 and epoch = $1`, found.Epoch, seen.Epoch, seen.Seq)
	return err
}
