package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/sqlite"
)

const (
	patience = 30 * time.Second
	tick     = time.Millisecond
)

func TestCopyUnderWritesIsWhole(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	db := open(t, path)
	var acknowledged atomic.Int64
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			n := acknowledged.Load()
			// Two rows for each commit: half of one would show.
			_, err := db.Write.ExecContext(t.Context(), `insert into things values (?1, ?1, ?1), (-?1, -?1, -?1)`, n+1)
			if err != nil {
				done <- err
				return
			}
			acknowledged.Store(n + 1)
		}
	}()
	for i := range 5 {
		require.Eventually(t, func() bool { return acknowledged.Load() > int64(20*i) }, patience, tick)
		before := acknowledged.Load()
		to := filepath.Join(dir, fmt.Sprint(i))
		require.NoError(t, sqlite.Copy(t.Context(), path, to))
		require.NoError(t, sqlite.Check(t.Context(), to))
		var rows int64
		require.NoError(t, open(t, to).Read.QueryRowContext(t.Context(), `select count(*) from things`).Scan(&rows))
		require.GreaterOrEqual(t, rows, 2*before)
		require.Zero(t, rows%2)
	}
	close(stop)
	require.NoError(t, <-done)
}

func TestCopyNeitherMakesNorReplacesADatabase(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	missing := filepath.Join(dir, "missing.db")
	require.Error(t, sqlite.Copy(t.Context(), missing, filepath.Join(dir, "copy.db")))
	require.NoFileExists(t, missing)
	require.Error(t, sqlite.Check(t.Context(), missing))

	path := filepath.Join(dir, "a.db")
	open(t, path)
	require.Error(t, sqlite.Copy(t.Context(), path, path))
}

func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	path, to := filepath.Join(dir, "a.db"), filepath.Join(dir, "copy.db")
	_, err := open(t, path).Write.ExecContext(t.Context(), `insert into things values ('one', 'unmistakable', 'x')`)
	require.NoError(t, err)
	require.NoError(t, sqlite.Copy(t.Context(), path, to))

	text, err := os.ReadFile(to)
	require.NoError(t, err)
	// In the table only, no longer in the index.
	at := bytes.LastIndex(text, []byte("oneunmistakable"))
	require.Positive(t, at)
	text[at+len("oneunmis")]++
	require.NoError(t, os.WriteFile(to, text, 0o600))
	require.ErrorContains(t, sqlite.Check(t.Context(), to), "things_name")

	require.NoError(t, os.WriteFile(to, []byte("no database at all"), 0o600))
	require.Error(t, sqlite.Check(t.Context(), to))
}
