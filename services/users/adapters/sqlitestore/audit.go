package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"stockroom/pkg/sqlite"
	"stockroom/services/users"
)

// record adds the row about a change to the audit trail. Commits come one after
// the other, so the row before is the last one.
func record(ctx context.Context, tx *sql.Tx, seq int64, c users.Change, before, after users.Account) error {
	var previous []byte
	err := tx.QueryRowContext(ctx, `select hash from audit order by seq desc limit 1`).Scan(&previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("select the last audit: %w", err)
	}
	e := c.Entry(seq, before, after, previous)
	was, is, err := encode(e.Before, e.After)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		insert into audit (account, seq, actor, origin, action, before, after, request_id, at, digest, hash)
		values (?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?)`,
		string(e.Account), e.Seq, string(e.Actor), string(e.Origin), string(e.Action), was, is,
		e.RequestID, sqlite.FormatTime(e.At), e.Digest, e.Hash)
	if err != nil {
		return fmt.Errorf("insert audit: %w", err)
	}
	if e.Personal == nil {
		return nil
	}
	if was, is, err = encode(e.Personal.Before, e.Personal.After); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `insert into audit_values (seq, account, salt, before, after) values (?, ?, ?, ?, ?)`,
		e.Seq, string(e.Account), e.Personal.Salt, was, is)
	if err != nil {
		return fmt.Errorf("insert audit values: %w", err)
	}
	return nil
}

func encode(before, after users.Values) (was, is string, err error) {
	b, err := json.Marshal(before)
	if err != nil {
		return "", "", fmt.Errorf("encode audit: %w", err)
	}
	a, err := json.Marshal(after)
	if err != nil {
		return "", "", fmt.Errorf("encode audit: %w", err)
	}
	return string(b), string(a), nil
}

// erase forgets the personal values of the trail, and notes that auth still has
// to forget what it knows.
func erase(ctx context.Context, tx *sql.Tx, id users.AccountID) error {
	if _, err := tx.ExecContext(ctx, `delete from audit_values where account = ?`, string(id)); err != nil {
		return fmt.Errorf("erase audit values: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `insert into erasures (account) values (?)`, string(id)); err != nil {
		return fmt.Errorf("insert erasure: %w", err)
	}
	return nil
}

const selectEntries = `
	select a.seq, a.at, a.account, coalesce(a.actor, ''), coalesce(w.username, ''), a.origin, a.action, a.request_id,
		a.before, a.after, a.digest, a.hash, v.salt, v.before, v.after
	from audit a left join audit_values v on v.seq = a.seq left join accounts w on w.id = a.actor `

func scanEntry(rows *sql.Rows) (e users.Entry, err error) {
	var p users.PersonalValues
	var at, before, after string
	var personalBefore, personalAfter sql.NullString
	err = rows.Scan(&e.Seq, &at, &e.Account, &e.Actor, &e.ActorName, &e.Origin, &e.Action, &e.RequestID,
		&before, &after, &e.Digest, &e.Hash, &p.Salt, &personalBefore, &personalAfter)
	if err != nil {
		return e, err
	}
	if e.At, err = sqlite.ParseTime(at); err != nil {
		return e, err
	}
	decode := func(text string, into *users.Values) {
		if err == nil {
			err = json.Unmarshal([]byte(text), into)
		}
	}
	decode(before, &e.Before)
	decode(after, &e.After)
	if personalAfter.Valid {
		decode(personalBefore.String, &p.Before)
		decode(personalAfter.String, &p.After)
		e.Personal = &p
	}
	return e, err
}

// Audit implements [users.Store].
func (s *Store) Audit(ctx context.Context, q users.AuditQuery) (p users.AuditPage, err error) {
	tx, err := s.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // both queries see the same moment
	if err != nil {
		return users.AuditPage{}, sqlite.Failed(err, "select audit")
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written

	err = tx.QueryRowContext(ctx, `select count(*) from audit where account = ?`, string(q.Account)).Scan(&p.Total)
	if err != nil {
		return users.AuditPage{}, sqlite.Failed(err, "count audit")
	}
	p.Items, err = entries(tx.QueryContext(ctx, selectEntries+`where a.account = ?1 order by a.seq desc`+limit(1),
		string(q.Account), q.Size, q.Offset()))
	if err != nil {
		return users.AuditPage{}, sqlite.Failed(err, "select audit of %s", q.Account)
	}
	return p, nil
}

// Trail implements [users.Store].
func (s *Store) Trail(ctx context.Context, after int64, most int) ([]users.Entry, error) {
	all, err := entries(s.db.Read.QueryContext(ctx, selectEntries+`where a.seq > ? order by a.seq limit ?`, after, most))
	if err != nil {
		return nil, sqlite.Failed(err, "read the audit trail")
	}
	return all, nil
}

func entries(rows *sql.Rows, err error) (all []users.Entry, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells what matters

	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}
