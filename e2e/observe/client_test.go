// Package observe_test looks at what the system says about itself.
package observe_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

func TestMain(m *testing.M) { stack.Main(m) }

// client is the administrator.
type client struct {
	system *stack.System
	token  string
}

func newClient(t *testing.T, s *stack.System) *client {
	t.Helper()

	c := &client{system: s}
	c.signIn(t, nil)
	return c
}

func (c *client) signIn(t *testing.T, header http.Header) {
	t.Helper()

	form := url.Values{"username": {c.system.Admin.Username}, "password": {c.system.Admin.Password}}
	h := header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set("Content-Type", "application/x-www-form-urlencoded")
	var tokens struct {
		Access string `json:"access_token"`
	}
	c.token = ""
	require.NoError(t, json.Unmarshal(c.call(t, http.MethodPost, "/api/v1/auth/login", form.Encode(), h, http.StatusOK), &tokens))
	c.token = tokens.Access
}

// create makes a product and returns its id.
func (c *client) create(t *testing.T, header http.Header) string {
	t.Helper()

	var product struct {
		ID string `json:"id"`
	}
	body := `{"name": "Copper Kettle", "price": 49.90, "stock": 12, "category": "Kitchen", "sku": "` + uuid.NewString() + `"}`
	require.NoError(t, json.Unmarshal(c.call(t, http.MethodPost, "/api/v1/products", body, header, http.StatusCreated), &product))
	return product.ID
}

func (c *client) call(t *testing.T, method, path, body string, header http.Header, want int) []byte {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), method, c.system.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	if header != nil {
		req.Header = header.Clone()
	}
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was read
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, want, res.StatusCode, "%s", answer)
	return answer
}

// secrets are what nothing may tell.
func (c *client) secrets() []string { return []string{c.token, c.system.Admin.Password} }
