package pgstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"stockroom/pkg/postgres"
	"stockroom/services/users"
)

// Accounts implements [users.Store]. The statements are put together for each
// filter: one that lists every possible condition gets a plan that is good for
// none.
func (s *Store) Accounts(ctx context.Context, f users.Filter) (p users.Page, err error) {
	where, args := conditions(f)
	err = pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*) from accounts where `+where, args...).Scan(&p.Total); err != nil {
			return fmt.Errorf("count accounts: %w", err)
		}
		rows, err := tx.Query(ctx, selectAccount+`where `+where+` order by `+orderBy(f)+limit(len(args)),
			append(args, f.Size, f.Offset())...)
		if err != nil {
			return fmt.Errorf("select accounts: %w", err)
		}
		p.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (users.Account, error) { return scan(row) })
		if err != nil {
			return fmt.Errorf("select accounts: %w", err)
		}
		return nil
	})
	if err != nil {
		return users.Page{}, postgres.Failed(err, "read accounts")
	}
	return p, nil
}

// conditions returns what follows "where", with numbered parameters.
func conditions(f users.Filter) (string, []any) {
	all := []string{"erased_at is null"}
	var args []any
	arg := func(value any) string {
		args = append(args, value)
		return "$" + strconv.Itoa(len(args))
	}
	if !f.Deleted {
		all = append(all, "deleted_at is null")
	}
	if f.Search != "" {
		all = append(all, "search like "+arg(containing(f.Search)))
	}
	if f.Role != "" {
		all = append(all, "role = "+arg(f.Role))
	}
	if f.IsActive != nil {
		all = append(all, map[bool]string{true: "is_active", false: "not is_active"}[*f.IsActive])
	}
	return strings.Join(all, " and "), args
}

// containing returns the pattern of the texts that contain text literally.
func containing(text string) string {
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(users.SearchTerm(text))
	return "%" + literal + "%"
}

// orderBy returns what follows "order by": one of a few fixed texts, each of
// which an index has.
func orderBy(f users.Filter) string {
	column := map[users.SortKey]string{
		users.SortEmail:    `email_key collate "C"`,
		users.SortUsername: `username_key collate "C"`,
	}[f.By]
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
	return " limit $" + strconv.Itoa(n+1) + " offset $" + strconv.Itoa(n+2)
}
