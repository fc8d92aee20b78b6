package standalone_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/standalone"
)

func TestRestoreBringsBackWhatWasBackedUp(t *testing.T) {
	t.Parallel()

	s := open(t, t.TempDir())
	kept := s.write(t, http.MethodPost, productsPath, `{"name":"Kettle","price":24.5,"sku":"K-1"}`)
	file := s.backUp(t)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	lost := s.write(t, http.MethodPut, productsPath+"/"+kept.ID, `{"price":1}`)
	_, page := get(t, s.URL()+productsPath, "")
	require.Contains(t, page, `"price":1.00`)
	_, err = standalone.Restore(t.Context(), s.Dir(), file, true)
	require.ErrorIs(t, err, standalone.ErrInUse)
	s.stop()
	_, err = standalone.Restore(t.Context(), s.Dir(), file, false)
	require.ErrorIs(t, err, standalone.ErrDataThere)
	done, err := standalone.Restore(t.Context(), s.Dir(), file, true)
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(done.Replaced, "catalog.db"))

	again := open(t, s.Dir())
	status, answer := get(t, again.URL()+productsPath+"/"+kept.ID, "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, `"price":24.50`)
	status, _ = get(t, again.URL()+"/api/v1/auth/me", s.token)
	require.Equal(t, http.StatusOK, status, "keys are the same")
	changed := again.write(t, http.MethodPut, productsPath+"/"+kept.ID, `{"price":2}`)
	require.Greater(t, changed.Version, lost.Version, "versions are never given twice")
	require.Equal(t, changed.Version, again.write(t, http.MethodGet, productsPath+"/"+kept.ID, "").Version)
	again.stop()

	for service, epoch := range map[string]int64{"auth": 2, "users": 2, "catalog": 2} {
		require.Equal(t, epoch, number(t, s.Dir(), service, `select epoch from commit_head`), service)
		require.Equal(t, int64(1), number(t, done.Replaced, service, `select epoch from commit_head`), service)
	}
	fresh := t.TempDir()
	done, err = standalone.Restore(t.Context(), fresh, file, false)
	require.NoError(t, err)
	require.Empty(t, done.Replaced)
	open(t, fresh)
}

func TestDamagedBackupIsRefusedWithoutLoss(t *testing.T) {
	t.Parallel()

	s := open(t, t.TempDir())
	s.write(t, http.MethodPost, productsPath, `{"name":"Kettle","price":24.5,"sku":"K-1"}`)
	file := s.backUp(t)
	s.stop()
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	before := listing(t, s.Dir())

	at := func(text string) int {
		i := bytes.LastIndex(whole, []byte(text))
		require.Positive(t, i, text)
		return i
	}
	for name, damage := range map[string]func([]byte) []byte{
		"Empty":           func([]byte) []byte { return nil },
		"Text":            func([]byte) []byte { return []byte(strings.Repeat("no archive ", 200)) },
		"CutInManifest":   func(b []byte) []byte { return b[:600] },
		"CutInTheMiddle":  func(b []byte) []byte { return b[:len(b)/2] },
		"CutAtTheEnd":     func(b []byte) []byte { return b[:len(b)-30<<10] },
		"ChangedRow":      func(b []byte) []byte { b[at("K-1")]++; return b },
		"ChangedSecret":   func(b []byte) []byte { b[at(`"auth_secret": "s-`)+20]++; return b },
		"AnotherFormat":   func(b []byte) []byte { return bytes.Replace(b, []byte(`"format": 1`), []byte(`"format": 2`), 1) },
		"ForeignFile":     func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("users.db"), []byte("../up.db")) },
		"FilesOutOfOrder": func(b []byte) []byte { return bytes.Replace(b, []byte(`"users.db"`), []byte(`"auth.db "`), 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			bad := filepath.Join(t.TempDir(), "bad.tar")
			require.NoError(t, os.WriteFile(bad, damage(bytes.Clone(whole)), 0o600))
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(s.Dir())))
			_, err := standalone.Restore(t.Context(), dir, bad, true)
			require.ErrorIs(t, err, standalone.ErrArchive)
			require.Equal(t, before, listing(t, dir))
		})
	}
}
