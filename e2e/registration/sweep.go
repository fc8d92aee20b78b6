package registration

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// over is how old a registration is that nobody is at any more: no request takes
// so long.
const over = 30 * time.Second

// inDatabase does something in the database of a service, past it.
func (c *town) inDatabase(ctx context.Context, service string, do func(ctx context.Context, db *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	db, err := pgx.Connect(ctx, c.databases[service])
	if err != nil {
		return fmt.Errorf("connect to the database of %s: %w", service, err)
	}
	defer db.Close(ctx) //nolint:errcheck // nothing depends on a clean goodbye
	return do(ctx, db)
}

// hourPasses makes what was left unconfirmed for a time so old that it is swept.
func (c *town) hourPasses(after time.Duration) func(ctx context.Context, db *pgx.Conn) error {
	return func(ctx context.Context, db *pgx.Conn) error {
		tag, err := db.Exec(ctx, `
			update credentials set created_at = created_at - interval '1 hour'
			where not confirmed and created_at between now() - interval '1 hour' and now() - $1::interval`, after)
		if err != nil {
			return fmt.Errorf("make credentials older: %w", err)
		}
		c.halves.Add(tag.RowsAffected())
		return nil
	}
}

// hoursPass makes the sweep find something all the time, until stop is closed.
func (c *town) hoursPass(ctx context.Context, stop <-chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		case <-time.After(time.Second):
		}
		if err := c.inDatabase(ctx, auth, c.hourPasses(over)); err != nil {
			return err
		}
	}
}

// swept returns when there is no credential any more that waits for its account.
func (c *town) swept() {
	c.t.Helper()

	waiting := -1
	require.Eventually(c.t, func() bool {
		err := c.inDatabase(c.t.Context(), auth, func(ctx context.Context, db *pgx.Conn) error {
			return db.QueryRow(ctx, `select count(*) from credentials where not confirmed`).Scan(&waiting)
		})
		return err == nil && waiting == 0
	}, patience, 100*time.Millisecond, "not all is swept")
}

// audit compares what the two services have with each other, and with those who
// have an account.
func (c *town) audit(residents []person) {
	c.t.Helper()

	names := map[string]string{} // by id
	for _, row := range c.rows(users, `select id::text, username from accounts`) {
		names[row[0]] = row[1]
	}
	letters := map[string]string{} // how many there are for an account
	for _, row := range c.rows(auth, `
		select account_id::text, count(l.id)::text from credentials left join letters l using (account_id) group by account_id`) {
		letters[row[0]] = row[1]
	}
	known := map[string]bool{}
	for _, p := range residents {
		known[p.name] = true
	}
	for id, name := range names {
		require.NotEmpty(c.t, letters[id], "the account %s has no credential", name)
		require.Equal(c.t, "1", letters[id], "letters for %s", name)
		require.True(c.t, known[name], "nobody knows of the account %s", name)
	}
	for id := range letters {
		require.NotEmpty(c.t, names[id], "the credential %s has no account", id)
	}
	require.Len(c.t, names, len(residents), "accounts are missing")
}

func (c *town) rows(service, query string) (all [][2]string) {
	c.t.Helper()

	require.NoError(c.t, c.inDatabase(c.t.Context(), service, func(ctx context.Context, db *pgx.Conn) error {
		rows, err := db.Query(ctx, query)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (pair [2]string, err error) {
			return pair, row.Scan(&pair[0], &pair[1])
		})
		return err
	}))
	return all
}
