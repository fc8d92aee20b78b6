package standalone_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/services/catalog/catalogd"
	"stockroom/services/catalog/demo"
	"stockroom/standalone"
)

func TestFirstAdminIsMadeAndShownOnce(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	s, stop := start(t, dir, standalone.Admin{})
	admin, generated, err := s.AwaitAdmin(t.Context())
	require.NoError(t, err)
	require.True(t, generated)
	token := signIn(t, s, admin)
	status, _ := get(t, s.URL()+"/api/v1/users", token)
	require.Equal(t, http.StatusOK, status)
	stop()

	s, stop = start(t, dir, standalone.Admin{})
	again, generated, err := s.AwaitAdmin(t.Context())
	require.NoError(t, err)
	require.True(t, generated, "nobody has seen it yet")
	require.Equal(t, admin, again)
	require.NoError(t, s.AdminShown())
	stop()
	secrets, err := os.ReadFile(filepath.Join(dir, "secrets.json"))
	require.NoError(t, err)
	require.NotContains(t, string(secrets), admin.Password)

	s, _ = start(t, dir, standalone.Admin{})
	_, generated, err = s.AwaitAdmin(t.Context())
	require.NoError(t, err)
	require.False(t, generated)
	signIn(t, s, admin)
}

func TestFirstAdminCanBeChosen(t *testing.T) {
	t.Parallel()

	chosen := standalone.Admin{Email: "root@example.com", Username: "root", Password: "Correct-Horse-7"}
	s, _ := start(t, t.TempDir(), chosen)
	admin, generated, err := s.AwaitAdmin(t.Context())
	require.NoError(t, err)
	require.False(t, generated)
	require.Equal(t, chosen, admin)
	signIn(t, s, chosen)

	_, err = standalone.New(t.Context(), standalone.Config{Addr: "127.0.0.1:0", Dir: t.TempDir(), Admin: standalone.Admin{Email: "x@example.com"}}, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "needs email, username and password")
}

func TestDataSurvives(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	chosen := standalone.Admin{Email: "root@example.com", Username: "root", Password: "Correct-Horse-7"}
	s, stop := start(t, dir, chosen)
	_, _, err := s.AwaitAdmin(t.Context())
	require.NoError(t, err)
	token := signIn(t, s, chosen)
	status, created := send(t, http.MethodPost, s.URL()+"/api/v1/products", token, `{"name":"Kettle","price":24.5,"stock":3,"sku":"K-1"}`)
	require.Equal(t, http.StatusCreated, status, created)
	stop()

	s, _ = start(t, dir, chosen)
	var product struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(created), &product))
	status, body := get(t, s.URL()+"/api/v1/products/"+product.ID, "")
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, created, body)
	require.Eventually(t, func() bool {
		status, _ = get(t, s.URL()+"/api/v1/auth/me", token)
		return status == http.StatusOK
	}, soon, 10*time.Millisecond, "tokens of before are still good")
}

func TestOneSystemAtATime(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	_, stop := start(t, dir, standalone.Admin{})
	cfg := standalone.Config{Addr: "127.0.0.1:0", Dir: dir, PasswordCost: 4}
	_, err := standalone.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	require.ErrorIs(t, err, standalone.ErrInUse)
	require.ErrorContains(t, err, dir)
	stop()
	start(t, dir, standalone.Admin{})
}

func TestOnlyTheOwnerReadsTheData(t *testing.T) {
	t.Parallel()

	dir := filepath.Join(t.TempDir(), "data")
	start(t, dir, standalone.Admin{})
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "secrets.json"): 0o600} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
}

// What another process writes into the catalog shows in a running system, also
// where it was cached before.
func TestDemoProductsShowWhileTheSystemRuns(t *testing.T) {
	t.Parallel()

	s, _ := start(t, t.TempDir(), standalone.Admin{})
	total := func() string {
		_, body := get(t, s.URL()+"/api/v1/products?page_size=1", "")
		return regexp.MustCompile(`"total":\d+`).FindString(body)
	}
	require.Equal(t, `"total":0`, total())

	service, closeStore, err := catalogd.OpenService(t.Context(), standalone.DatabaseURL(s.Dir(), "catalog"))
	require.NoError(t, err)
	n, err := demo.Load(t.Context(), service, 250, func(int) {})
	require.NoError(t, err)
	require.NoError(t, closeStore())
	require.Equal(t, 250, n)
	require.Eventually(t, func() bool { return total() == `"total":250` }, 2*time.Second, 10*time.Millisecond)
}

// The gateway's table and what the services say of themselves are the same.
func TestEveryOperationIsRouted(t *testing.T) {
	t.Parallel()

	s, _ := start(t, t.TempDir(), standalone.Admin{})
	type operation struct{ Security []any }
	var doc struct {
		Paths map[string]map[string]operation
	}
	var body string
	require.Eventually(t, func() bool {
		_, body = get(t, s.URL()+"/api/v1/openapi.json", "")
		return json.Unmarshal([]byte(body), &doc) == nil && strings.Contains(body, "/products") && strings.Contains(body, "/users") && strings.Contains(body, "/auth")
	}, soon, 10*time.Millisecond)
	for _, ref := range regexp.MustCompile(`"#/components/(\w+)/(\w+)"`).FindAllStringSubmatch(body, -1) {
		var whole struct {
			Components map[string]map[string]any
		}
		require.NoError(t, json.Unmarshal([]byte(body), &whole))
		require.Contains(t, whole.Components[ref[1]], ref[2], "what is referred to is there")
	}
	documented := map[gatewayd.Route]bool{}
	for path, item := range doc.Paths {
		if path == "/" || path == "/health" {
			continue // the gateway's own
		}
		pattern := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "{}")
		for method, op := range item {
			documented[gatewayd.Route{Method: strings.ToUpper(method), Pattern: pattern, Token: len(op.Security) > 0}] = true
		}
	}
	routed := map[gatewayd.Route]bool{}
	for _, r := range gatewayd.Routes() {
		routed[r] = true
	}
	require.Equal(t, documented, routed)
}
