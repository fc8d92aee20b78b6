package sqlitestore

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"stockroom/pkg/sqlite"
	"stockroom/services/users"
)

// Accounts implements [users.Store]. The statements are put together for each
// filter, so that only conditions that are asked for cost anything.
func (s *Store) Accounts(ctx context.Context, f users.Filter) (p users.Page, err error) {
	tx, err := s.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // both queries see the same moment
	if err != nil {
		return users.Page{}, sqlite.Failed(err, "select accounts")
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written

	where, args := conditions(f)
	if err := tx.QueryRowContext(ctx, `select count(*) from accounts where `+where, args...).Scan(&p.Total); err != nil {
		return users.Page{}, sqlite.Failed(err, "count accounts")
	}
	rows, err := tx.QueryContext(ctx, selectAccount+`where `+where+` order by `+orderBy(f)+limit(len(args)),
		append(args, f.Size, f.Offset())...)
	if err != nil {
		return users.Page{}, sqlite.Failed(err, "select accounts")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells what matters

	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return users.Page{}, err
		}
		p.Items = append(p.Items, a)
	}
	if err := rows.Err(); err != nil {
		return users.Page{}, sqlite.Failed(err, "select accounts")
	}
	return p, nil
}

// conditions returns what follows "where", with numbered parameters.
func conditions(f users.Filter) (string, []any) {
	all := []string{"erased_at is null"}
	var args []any
	arg := func(value any) string {
		args = append(args, value)
		return "?" + strconv.Itoa(len(args))
	}
	if !f.Deleted {
		all = append(all, "deleted_at is null")
	}
	if f.Search != "" {
		all = append(all, "instr(search, "+arg(users.SearchTerm(f.Search))+") > 0")
	}
	if f.Role != "" {
		all = append(all, "role = "+arg(string(f.Role)))
	}
	if f.IsActive != nil {
		all = append(all, map[bool]string{true: "is_active", false: "not is_active"}[*f.IsActive])
	}
	return strings.Join(all, " and "), args
}

// orderBy returns what follows "order by": one of a few fixed texts, each of
// which an index has.
func orderBy(f users.Filter) string {
	column := map[users.SortKey]string{users.SortEmail: "email_key", users.SortUsername: "username_key"}[f.By]
	if column == "" {
		column = "created_at"
	}
	if f.Ascending {
		return column + ", id"
	}
	return column + " desc, id desc"
}

// limit returns the end of a statement that has n other parameters.
func limit(n int) string {
	return " limit ?" + strconv.Itoa(n+1) + " offset ?" + strconv.Itoa(n+2)
}
