package chaos

import (
	"context"

	"github.com/jackc/pgx/v5"

	"stockroom/e2e/chaos/history"
)

// load fills in what the database says in the end.
func load(ctx context.Context, db *pgx.Conn, h *history.History) error {
	rows, err := db.Query(ctx, `select seq, ids::text[] from commit_log order by seq`)
	if err != nil {
		return err
	}
	if h.Log, err = pgx.CollectRows(rows, pgx.RowToStructByPos[history.Commit]); err != nil {
		return err
	}
	rows, err = db.Query(ctx, `select id::text, category, created_at, version, stock::bigint, deleted_at is not null from products`)
	if err != nil {
		return err
	}
	h.Products, err = pgx.CollectRows(rows, pgx.RowToStructByPos[history.Product])
	return err
}
