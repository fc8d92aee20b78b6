package standalone_test

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/standalone"
)

var chosen = standalone.Admin{Email: "root@example.com", Username: "root", Password: "Correct-Horse-7"}

const productsPath = "/api/v1/products"

// shop is a running system with an administrator who is signed in.
type shop struct {
	*standalone.Stockroom
	stop  func()
	token string
}

func open(t *testing.T, dir string) *shop {
	t.Helper()

	s, stop := start(t, dir, chosen)
	_, _, err := s.AwaitAdmin(t.Context())
	require.NoError(t, err)
	opened := &shop{s, stop, signIn(t, s, chosen)}
	require.Eventually(t, func() bool {
		status, _ := get(t, s.URL()+"/api/v1/auth/me", opened.token)
		return status == http.StatusOK
	}, soon, 10*time.Millisecond)
	return opened
}

type product struct {
	ID      string
	SKU     string
	Price   json.Number
	Version int64
}

func (s *shop) write(t *testing.T, method, path, body string) product {
	t.Helper()

	status, answer := send(t, method, s.URL()+path, s.token, body)
	require.Less(t, status, 300, answer)
	var p product
	require.NoError(t, json.Unmarshal([]byte(answer), &p))
	return p
}

func (s *shop) backUp(t *testing.T) string {
	t.Helper()

	file := filepath.Join(t.TempDir(), "backup.tar")
	m, err := standalone.Backup(t.Context(), s.Dir(), file, "v1.2.3")
	require.NoError(t, err)
	require.Equal(t, "v1.2.3", m.Version)
	return file
}

func number(t *testing.T, dir, service, query string, args ...any) int64 {
	t.Helper()

	found := texts(t, dir, service, query, args...)
	require.Len(t, found, 1)
	n, err := strconv.ParseInt(found[0], 10, 64)
	require.NoError(t, err)
	return n
}

func texts(t *testing.T, dir, service, query string, args ...any) []string {
	t.Helper()

	db, err := sql.Open("sqlite", filepath.Join(dir, service+".db"))
	require.NoError(t, err)
	defer db.Close() //nolint:errcheck // it was only read
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err)
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var found []string
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		found = append(found, text)
	}
	require.NoError(t, rows.Err())
	return found
}

// listing returns the contents of all files below dir.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()

	found := map[string]string{}
	for _, path := range matches(t, dir, "*") {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		found[filepath.Base(path)] = string(text)
	}
	return found
}

func matches(t *testing.T, dir, pattern string) []string {
	t.Helper()

	found, err := filepath.Glob(filepath.Join(dir, pattern))
	require.NoError(t, err)
	return found
}
