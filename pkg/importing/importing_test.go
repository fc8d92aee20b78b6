package importing_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/importing"
	"stockroom/pkg/run"
	"stockroom/pkg/testkit"
)

type thing struct {
	name string
	made time.Time
}

var things = importing.Table[thing]{
	Name:  "things",
	Query: `select name, made from things order by id`,
	Scan: func(row pgx.CollectableRow) (t thing, err error) {
		err = row.Scan(&t.name, importing.Time{Into: &t.made})
		return t, err
	},
	ID: func(t thing) string { return t.name },
}

// database returns the URL of one with 1,201 things, and a connection to it.
func database(t *testing.T) (string, *pgx.Conn) {
	t.Helper()

	url := testkit.PostgresURL(t)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) })
	_, err = conn.Exec(t.Context(), `
		create table things (id int primary key, name text not null, made timestamp);
		insert into things select n, 'thing ' || n, timestamp '2024-02-29 12:00:00.123456' from generate_series(1, 1200) n;
		insert into things values (1201, 'eternal', 'infinity')`)
	require.NoError(t, err)
	return url, conn
}

func open(t *testing.T, url string) *importing.Source {
	t.Helper()

	s, err := importing.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// store takes each thing once, except those that it refuses.
type store struct {
	taken  map[string]time.Time
	most   int // in one batch
	broken bool
}

var errBroken = errors.New("broken")

func (s *store) adopt(_ context.Context, rows []thing) ([]importing.Outcome, error) {
	s.most = max(s.most, len(rows))
	if s.broken && len(s.taken) > 0 {
		return nil, errBroken
	}
	outcomes := make([]importing.Outcome, len(rows))
	for i, row := range rows {
		_, here := s.taken[row.name]
		switch {
		case row.made.IsZero():
			outcomes[i].Refused = "made: is missing"
		case !here:
			outcomes[i].Added = true
			s.taken[row.name] = row.made
		}
		if row.name == "thing 7" {
			outcomes[i].Changed = "name: too lucky"
		}
	}
	return outcomes, nil
}

func TestInterruptedImportGoesOn(t *testing.T) {
	t.Parallel()

	url, conn := database(t)
	to := &store{taken: make(map[string]time.Time), broken: true}
	var notes []importing.Note
	done := 0
	w := importing.Watcher{
		Note:     func(n importing.Note) { notes = append(notes, n) },
		Progress: func(_ string, n, total int) { done = n; require.Equal(t, 1201, total) },
	}
	source := open(t, url)
	_, err := importing.Run(t.Context(), source, things, to.adopt, w)
	require.ErrorIs(t, err, errBroken)
	source.Close()

	source = open(t, url)
	_, err = conn.Exec(t.Context(), `insert into things values (0, 'late', now())`)
	require.NoError(t, err)
	to.broken, notes = false, nil
	for _, want := range []importing.Result{
		{Rows: 1201, Added: 1200 - to.most, Here: to.most, Refused: 1, Changed: 1},
		{Rows: 1201, Here: 1200, Refused: 1, Changed: 1},
	} {
		result, err := importing.Run(t.Context(), source, things, to.adopt, w)
		require.NoError(t, err)
		require.Equal(t, want, result)
		require.ErrorIs(t, result.Err(), run.ErrPartly)
		require.Equal(t, 1201, done)
		require.ElementsMatch(t, []importing.Note{
			{Table: "things", ID: "thing 7", Reason: "name: too lucky"},
			{Table: "things", ID: "eternal", Refused: true, Reason: "made: is missing"},
		}, notes)
		notes = nil
	}
	require.NotContains(t, to.taken, "late", "it came after the moment that is read")
	require.Equal(t, time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC), to.taken["thing 1"])
	require.Less(t, to.most, 1000, "of what is held in memory")
	require.NoError(t, importing.Result{Rows: 1, Added: 1}.Err())
}

func TestSourceIsOnlyRead(t *testing.T) {
	t.Parallel()

	url, conn := database(t)
	_, err := conn.Exec(t.Context(), `create sequence serial`)
	require.NoError(t, err)
	writing := things
	writing.Query = `select name, made from things where nextval('serial') > 0`
	_, err = importing.Run(t.Context(), open(t, url), importing.Table[thing]{Name: "nothings", Query: "select 1", Scan: things.Scan}, new(store).adopt, importing.Watcher{})
	require.ErrorContains(t, err, "nothings")
	_, err = importing.Run(t.Context(), open(t, url+"&default_transaction_read_only=off"), writing, new(store).adopt, importing.Watcher{})
	require.ErrorContains(t, err, "read-only transaction")
}

func TestErrorsKeepThePassword(t *testing.T) {
	t.Parallel()

	for _, url := range []string{"postgres://me:swordfish@127.0.0.1:1/x", "postgres://me:swordfish@127.0.0.1:port/x"} {
		_, err := importing.Open(t.Context(), url)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "swordfish")
	}
}

func TestURL(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct{ given, input, want string }{
		"Variable":      {"postgres://a", "postgres://b", "postgres://a"},
		"StandardInput": {"", "postgres://b\nmore", "postgres://b"},
		"NoLineBreak":   {"", " postgres://b ", "postgres://b"},
		"Nothing":       {"", "\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			url, err := importing.URL(tt.given, strings.NewReader(tt.input))
			require.Equal(t, tt.want, url)
			require.Equal(t, tt.want == "", errors.Is(err, importing.ErrNoURL))
		})
	}
}
