package pgstore

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/pglog"
	"stockroom/services/auth"
)

// ending is what is noted of sessions that end together.
type ending struct {
	reason string
	at     time.Time
	from   auth.Origin
}

// commit runs fn, which ends the sessions that it returns, in a transaction that
// takes its number from the log before it locks anything else: those who end
// sessions cannot deadlock.
func commit(ctx context.Context, log *pglog.Log, fn func(tx pgx.Tx) (ended []string, err error)) error {
	_, err := log.Write(ctx, func(_ context.Context, tx pgx.Tx, _ int64) (commitlog.Entry, error) {
		ended, err := fn(tx)
		return commitlog.Entry{IDs: ended, Kind: auth.KindEnded}, err
	})
	return err
}

// end ends the sessions that live and that which says, whose parameters are from
// $5 on, and returns their ids for the log. Nothing else sets revoked_at.
func end(ctx context.Context, tx pgx.Tx, e ending, which string, args ...any) ([]string, error) {
	rows, err := tx.Query(ctx, `
		with ended as (
			update sessions set revoked_at = $1, revoked_for = $2
			where revoked_at is null and `+which+`
			returning id, account_id
		), noted as (
			insert into session_audit (session_id, account_id, reason, address, request_id, at)
			select id, account_id, $2, $3, $4, $1 from ended
		)
		select id::text from ended`,
		append([]any{e.at, e.reason, e.from.Address, e.from.RequestID}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("end sessions: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("end sessions: %w", err)
	}
	return ids, nil
}
