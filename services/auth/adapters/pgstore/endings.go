package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/postgres"
	"stockroom/services/auth"
)

// Endings tells how sessions ended.
type Endings struct {
	pool *pgxpool.Pool
}

var _ auth.Endings = (*Endings)(nil)

// NewEndings returns the endings in pool.
func NewEndings(pool *pgxpool.Pool) *Endings {
	return &Endings{pool}
}

// Ended implements [auth.Endings]. The log names them all, by the clock of the
// database.
func (s *Endings) Ended(ctx context.Context, within time.Duration) (e auth.Ended, err error) {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select epoch, seq from commit_head`).Scan(&e.Epoch, &e.Seq); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select distinct unnest(ids)::text from commit_log
			where kind = $1 and at >= clock_timestamp() - $2::interval`, auth.KindEnded, within)
		if err != nil {
			return err
		}
		e.Sessions, err = pgx.CollectRows(rows, pgx.RowTo[auth.SessionID])
		return err
	})
	if err != nil {
		return auth.Ended{}, postgres.Failed(err, "list ended sessions")
	}
	return e, nil
}

// Audit implements [auth.Endings].
func (s *Endings) Audit(ctx context.Context, account auth.AccountID, limit int) ([]auth.Ending, error) {
	rows, err := s.pool.Query(ctx, `
		select session_id::text, account_id::text, reason, address, request_id, at
		from session_audit where account_id = $1
		order by at desc, session_id desc limit $2`, account, limit)
	if err != nil {
		return nil, postgres.Failed(err, "read audit of %s", account)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[auth.Ending])
	if err != nil {
		return nil, postgres.Failed(err, "read audit of %s", account)
	}
	for i := range list {
		list[i].At = list[i].At.UTC()
	}
	return list, nil
}

// Forget implements [auth.Endings].
func (s *Endings) Forget(ctx context.Context, before time.Time) error {
	if _, err := s.pool.Exec(ctx, `delete from session_audit where at < $1`, before); err != nil {
		return postgres.Failed(err, "shorten the audit")
	}
	return nil
}
