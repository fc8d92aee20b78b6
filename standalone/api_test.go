package standalone_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/standalone"
)

// What the services say of their API is kept in docs/api, so that changes show
// in reviews, and can be compared with what was released. `make api` writes it.
func TestAPIDocumentsAreThoseInTheRepository(t *testing.T) {
	t.Parallel()

	s, _ := start(t, t.TempDir(), standalone.Admin{})
	var public string
	require.Eventually(t, func() bool {
		_, public = get(t, s.URL()+"/api/v1/openapi.json", "")
		return strings.Contains(public, "/products") && strings.Contains(public, "/users") && strings.Contains(public, "/auth")
	}, soon, 10*time.Millisecond)
	documents := map[string]string{"openapi.json": public}
	for name, url := range s.InternalURLs() {
		status, text := get(t, url+"/internal/openapi.json", s.InternalToken())
		require.Equal(t, http.StatusOK, status, text)
		if strings.Contains(text, `"operationId"`) {
			documents[name+"-internal.json"] = text
		}
		status, _ = get(t, url+"/internal/openapi.json", "")
		require.Equal(t, http.StatusUnauthorized, status)
	}

	dir := filepath.Join("..", "docs", "api")
	if os.Getenv("UPDATE_API") != "" {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		for name, text := range documents {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), indented(t, text), 0o644))
		}
	}
	kept := listing(t, dir)
	require.Len(t, kept, len(documents))
	for name, text := range documents {
		require.Equal(t, string(indented(t, text)), kept[name], "%s differs: run `make api` and commit it", name)
	}
}

func indented(t *testing.T, text string) []byte {
	t.Helper()

	var b bytes.Buffer
	require.NoError(t, json.Indent(&b, []byte(text), "", "  "))
	b.WriteByte('\n')
	return b.Bytes()
}
