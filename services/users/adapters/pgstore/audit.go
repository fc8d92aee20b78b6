package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"stockroom/pkg/postgres"
	"stockroom/services/users"
)

// record adds the row about a change to the audit trail. Commits come one after
// the other, so the row before is the last one.
func record(ctx context.Context, tx pgx.Tx, seq int64, c users.Change, before, after users.Account) error {
	var previous []byte
	err := tx.QueryRow(ctx, `select hash from audit order by seq desc limit 1`).Scan(&previous)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("select the last audit: %w", err)
	}
	e := c.Entry(seq, before, after, previous)
	_, err = tx.Exec(ctx, `
		insert into audit (account, seq, actor, origin, action, before, after, request_id, at, digest, hash)
		values ($1, $2, nullif($3, '')::uuid, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.Account, e.Seq, e.Actor, e.Origin, e.Action, e.Before, e.After, e.RequestID, e.At, e.Digest, e.Hash)
	if err != nil {
		return fmt.Errorf("insert audit: %w", err)
	}
	if e.Personal == nil {
		return nil
	}
	_, err = tx.Exec(ctx, `insert into audit_values (seq, account, salt, before, after) values ($1, $2, $3, $4, $5)`,
		e.Seq, e.Account, e.Personal.Salt, e.Personal.Before, e.Personal.After)
	if err != nil {
		return fmt.Errorf("insert audit values: %w", err)
	}
	return nil
}

// erase forgets the personal values of the trail, and notes that auth still has
// to forget what it knows.
func erase(ctx context.Context, tx pgx.Tx, id users.AccountID) error {
	if _, err := tx.Exec(ctx, `delete from audit_values where account = $1`, id); err != nil {
		return fmt.Errorf("erase audit values: %w", err)
	}
	if _, err := tx.Exec(ctx, `insert into erasures (account) values ($1)`, id); err != nil {
		return fmt.Errorf("insert erasure: %w", err)
	}
	return nil
}

const selectEntries = `
	select a.seq, a.at, a.account::text, coalesce(a.actor::text, ''), coalesce(w.username, ''), a.origin, a.action, a.request_id,
		a.before, a.after, a.digest, a.hash, v.salt, v.before, v.after
	from audit a left join audit_values v on v.seq = a.seq left join accounts w on w.id = a.actor `

func scanEntry(row pgx.CollectableRow) (users.Entry, error) {
	var e users.Entry
	var p users.PersonalValues
	err := row.Scan(&e.Seq, &e.At, &e.Account, &e.Actor, &e.ActorName, &e.Origin, &e.Action, &e.RequestID,
		&e.Before, &e.After, &e.Digest, &e.Hash, &p.Salt, &p.Before, &p.After)
	e.At = e.At.UTC()
	if p.After != nil {
		e.Personal = &p
	}
	return e, err
}

// Audit implements [users.Store].
func (s *Store) Audit(ctx context.Context, q users.AuditQuery) (p users.AuditPage, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*) from audit where account = $1`, q.Account).Scan(&p.Total); err != nil {
			return fmt.Errorf("count audit: %w", err)
		}
		rows, err := tx.Query(ctx, selectEntries+`where a.account = $1 order by a.seq desc`+limit(1), q.Account, q.Size, q.Offset())
		if err != nil {
			return fmt.Errorf("select audit: %w", err)
		}
		p.Items, err = pgx.CollectRows(rows, scanEntry)
		if err != nil {
			return fmt.Errorf("select audit: %w", err)
		}
		return nil
	})
	if err != nil {
		return users.AuditPage{}, postgres.Failed(err, "read audit of %s", q.Account)
	}
	return p, nil
}

// Trail implements [users.Store].
func (s *Store) Trail(ctx context.Context, after int64, most int) ([]users.Entry, error) {
	rows, err := s.pool.Query(ctx, selectEntries+`where a.seq > $1 order by a.seq limit $2`, after, most)
	if err != nil {
		return nil, postgres.Failed(err, "read the audit trail")
	}
	all, err := pgx.CollectRows(rows, scanEntry)
	if err != nil {
		return nil, postgres.Failed(err, "read the audit trail")
	}
	return all, nil
}

// PendingErasures implements [users.Store].
func (s *Store) PendingErasures(ctx context.Context, most int) ([]users.AccountID, error) {
	rows, err := s.pool.Query(ctx, `select account::text from erasures order by account limit $1`, most)
	if err != nil {
		return nil, postgres.Failed(err, "list erasures")
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[users.AccountID])
	if err != nil {
		return nil, postgres.Failed(err, "list erasures")
	}
	return all, nil
}

// FinishErasure implements [users.Store].
func (s *Store) FinishErasure(ctx context.Context, id users.AccountID) error {
	if _, err := s.pool.Exec(ctx, `delete from erasures where account = $1`, id); err != nil {
		return postgres.Failed(err, "finish erasure of %s", id)
	}
	return nil
}
