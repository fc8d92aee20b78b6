package chaos

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/history"
	"stockroom/e2e/chaos/link"
	"stockroom/services/catalog/catalogd"
)

// past is what the database knew of before it was brought back.
type past struct {
	restores []history.Write
	log      []history.Commit
	products []history.Product
	until    int64 // the log up to there
}

// remember adds what the database knows now. It knows more of what it has than
// it did before.
func (p *past) remember(ctx context.Context, db pgx.Tx) error {
	rows, err := db.Query(ctx, `select seq, ids::text[], kind = 'product.deleted', 0::bigint from commit_log where seq > $1 order by seq`, p.until)
	if err != nil {
		return err
	}
	log, err := pgx.CollectRows(rows, pgx.RowToStructByPos[history.Commit])
	if err != nil {
		return err
	}
	p.log = append(p.log, log...)
	rows, err = db.Query(ctx, `select id::text, category, created_at, version, stock::bigint, deleted_at is not null from products`)
	if err != nil {
		return err
	}
	products, err := pgx.CollectRows(rows, pgx.RowToStructByPos[history.Product])
	p.products = append(p.products, products...)
	return err
}

// known returns the products, each as it was last known.
func (p *past) known() (products []history.Product) {
	last := map[string]history.Product{}
	for _, product := range p.products {
		last[product.ID] = product
	}
	for _, product := range last {
		products = append(products, product)
	}
	return products
}

// goBack replaces the database by what it was when the fault began, under
// running replicas, as an operator does: nobody reaches it until it is of a new
// epoch.
func goBack(s *shop, _ int) (end func(), replicas []int) {
	s.transaction(`
		drop schema if exists backup cascade;
		create schema backup;
		create table backup.commit_head as table commit_head;
		create table backup.commit_log as table commit_log;
		create table backup.products as table products`, nil)
	return func() {
		s.postgresLinks(link.State{Refuse: true})
		s.auditor.postgres.Set(link.State{Refuse: true})
		defer s.postgresLinks(link.State{})
		defer s.auditor.postgres.Set(link.State{})
		restore := history.Write{Replica: -1, Begin: s.diary.now()}
		var back int64
		s.transaction(`
			set local session_replication_role = replica; -- without triggers
			delete from products;
			insert into products table backup.products;
			delete from commit_log;
			insert into commit_log table backup.commit_log;
			update commit_head h set epoch = b.epoch, seq = b.seq from backup.commit_head b`,
			func(ctx context.Context, tx pgx.Tx) error {
				if err := s.past.remember(ctx, tx); err != nil {
					return err
				}
				return tx.QueryRow(ctx, `select seq from backup.commit_head`).Scan(&back)
			})
		head, err := catalogd.RaiseEpoch(s.t.Context(), s.databaseURL())
		require.NoError(s.t, err)
		restore.Seq, restore.End = head.Seq, s.diary.now()
		s.past.restores = append(s.past.restores, restore)
		s.past.log = append(s.past.log, history.Commit{Seq: head.Seq, Back: back})
		s.past.until = head.Seq
	}, all
}

// transaction runs first, if there is one, and statements while nobody writes.
func (s *shop) transaction(statements string, first func(ctx context.Context, tx pgx.Tx) error) {
	s.t.Helper()

	s.query(func(ctx context.Context, db *pgx.Conn) error {
		return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `lock table commit_head, commit_log, products in access exclusive mode`); err != nil {
				return err
			}
			if first != nil {
				if err := first(ctx, tx); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, statements)
			return err
		})
	})
}

func (s *shop) postgresLinks(state link.State) {
	for _, r := range s.replicas {
		r.postgres.Set(state)
	}
}
