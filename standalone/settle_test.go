package standalone_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/standalone"
)

// Wherever a restore is cut short, the next start has all of the old data or
// all of the new.
func TestRestoreIsAllOrNothing(t *testing.T) {
	t.Parallel()

	newer := open(t, t.TempDir())
	file := newer.backUp(t)
	newer.stop()
	older := open(t, t.TempDir())
	older.stop()
	require.NoError(t, os.WriteFile(filepath.Join(older.Dir(), "catalog.db-wal"), nil, 0o600))

	const most = 20
	happened := false
	for n := range most {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS(older.Dir())))
		err := standalone.RestoreCut(t.Context(), dir, file, n)
		if err != nil {
			require.ErrorIs(t, err, standalone.ErrCrash)
		}
		unsettled := standalone.Settled(dir) != nil
		_, backupErr := standalone.Backup(t.Context(), dir, filepath.Join(t.TempDir(), "b.tar"), "")
		require.Equal(t, unsettled, backupErr != nil, "%v", backupErr)
		require.NoError(t, standalone.Settle(dir))

		source, epoch := older.Dir(), int64(1)
		if n > 0 {
			source, epoch = newer.Dir(), 2
		}
		for _, service := range []string{"users", "catalog"} {
			require.Equal(t, epoch, number(t, dir, service, `select epoch from commit_head`), "%s after %d", service, n)
		}
		require.Equal(t, texts(t, source, "auth", `select id from signing_keys`), texts(t, dir, "auth", `select id from signing_keys`), "after %d", n)
		want, err2 := os.ReadFile(filepath.Join(source, "secrets.json"))
		require.NoError(t, err2)
		got, err2 := os.ReadFile(filepath.Join(dir, "secrets.json"))
		require.NoError(t, err2)
		require.Equal(t, want, got)
		require.Equal(t, n > 0, len(matches(t, dir, "replaced-*/secrets.json")) == 1, "the data of before is kept")
		if err == nil {
			happened = true
			break
		}
	}
	require.True(t, happened, "every cut was tried")
}

func TestStartFinishesARestore(t *testing.T) {
	t.Parallel()

	s := open(t, t.TempDir())
	made := s.write(t, http.MethodPost, productsPath, `{"name":"Kettle","price":24.5,"sku":"K-1"}`)
	file := s.backUp(t)
	s.stop()
	dir := t.TempDir()
	require.ErrorIs(t, standalone.RestoreCut(t.Context(), dir, file, 1), standalone.ErrCrash)
	require.ErrorIs(t, standalone.Settled(dir), standalone.ErrUnsettled)
	again := open(t, dir)
	require.Equal(t, made.ID, again.write(t, http.MethodGet, productsPath+"/"+made.ID, "").ID)
}
