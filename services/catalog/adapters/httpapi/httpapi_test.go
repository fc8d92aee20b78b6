package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/catalog"
	"stockroom/services/catalog/adapters/httpapi"
	"stockroom/services/catalog/catalogtest"
)

// server is the catalog over HTTP, on a store in memory and with both caches.
type server struct {
	api   *web.API
	store *store
	cache *coherent.Cache
}

// store is one in memory that can be taken away.
type store struct {
	*catalogtest.Store
	away atomic.Bool
}

func (s *store) Product(ctx context.Context, id catalog.ProductID) (catalog.Product, int64, error) {
	if s.away.Load() {
		return catalog.Product{}, 0, errs.ErrUnavailable.After(time.Second)
	}
	return s.Store.Product(ctx, id)
}

func (s *store) Products(ctx context.Context, q catalog.Query) (catalog.Page, error) {
	if s.away.Load() {
		return catalog.Page{}, errs.ErrUnavailable.After(time.Second)
	}
	return s.Store.Products(ctx, q)
}

func newServer(t testing.TB) *server {
	t.Helper()

	store := &store{Store: catalogtest.New()}
	cache := coherent.New(coherent.Config{Store: memoryl2.New(time.Now), Name: "catalog"})
	follower := commitlog.NewFollower(commitlog.Config{Source: source{store}, Sink: cache})
	cache.Follow(follower)
	store.OnCommit = func(ctx context.Context, c catalogtest.Commit) { follower.Committed(ctx, event(c)) }

	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = follower.Run(ctx)
	}()
	t.Cleanup(func() { stop(); <-stopped })
	require.Eventually(t, follower.Fresh, 10*time.Second, time.Millisecond)

	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	newID := func() catalog.ProductID { return catalog.ProductID(uuid.Must(uuid.NewV7()).String()) }
	s := &server{web.New(web.Config{Title: "Catalog", Version: "test", Gate: gate{}}), store, cache}
	httpapi.Mount(s.api, catalog.NewService(store, func() time.Time { return now }, newID), cache, follower)
	return s
}

// source is the log of a store in memory.
type source struct{ store *store }

func (s source) Head(context.Context) (commitlog.Head, error) {
	if s.store.away.Load() {
		return commitlog.Head{}, errs.ErrUnavailable
	}
	return commitlog.Head{Epoch: catalogtest.Epoch, Seq: int64(len(s.store.Log(0)))}, nil
}

func (s source) Since(_ context.Context, after int64, limit int) ([]commitlog.Event, error) {
	var events []commitlog.Event
	for _, c := range s.store.Log(after) {
		if len(events) < limit {
			events = append(events, event(c))
		}
	}
	return events, nil
}

func event(c catalogtest.Commit) commitlog.Event {
	return commitlog.Event{Epoch: catalogtest.Epoch, Seq: c.Seq, IDs: c.IDs, Lists: c.Lists, Kind: c.Kind}
}

// gate takes the name of a role for a token.
type gate struct{}

func (gate) Admit(ctx context.Context, auth []string, access web.Access, _ bool, _ func(string) string) (context.Context, error) {
	if len(auth) == 0 {
		return ctx, web.ErrUnauthenticated
	}
	role := strings.TrimPrefix(auth[0], "Bearer ")
	for _, permission := range catalog.Permissions()[role] {
		if permission == access.Permission {
			return token.WithCaller(ctx, token.Caller{Account: "00000000-0000-7000-8000-00000000ac70", Role: role}), nil
		}
	}
	return ctx, errs.New(errs.Forbidden, "permission_denied", "Permission denied")
}

// answer is what came back for a request.
type answer struct {
	Status int
	Header http.Header
	Text   string
	Body   map[string]any
}

const products = "/api/v1/products"

// do sends a request as an admin. Headers are given as "Name: value".
func (s *server) do(t *testing.T, method, url, body string, headers ...string) answer {
	t.Helper()

	return s.as(t, method, url, body, append([]string{"Authorization: Bearer admin"}, headers...)...)
}

// as sends a request with nothing but the headers given.
func (s *server) as(t *testing.T, method, url, body string, headers ...string) answer {
	t.Helper()

	req := httptest.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.api.App().Test(req, -1)
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // it is in memory
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	a := answer{Status: resp.StatusCode, Header: resp.Header, Text: string(text)}
	if len(text) > 0 {
		require.NoError(t, json.Unmarshal(text, &a.Body), a.Text)
	}
	return a
}

// create adds a product and returns its URL.
func (s *server) create(t *testing.T, sku, more string) string {
	t.Helper()

	a := s.do(t, http.MethodPost, products, fmt.Sprintf(`{"name":"Lamp %s","price":19.99,"sku":%q%s}`, sku, sku, more))
	require.Equal(t, http.StatusCreated, a.Status, a.Text)
	return a.Header.Get("Location")
}

// wrong returns what a problem complains about, as place and code.
func (a answer) wrong() map[string]string {
	all := map[string]string{}
	list, _ := a.Body["errors"].([]any)
	for _, e := range list {
		field, _ := e.(map[string]any)
		place, _ := field["pointer"].(string)
		if place == "" {
			place, _ = field["parameter"].(string)
		}
		all[place], _ = field["code"].(string)
	}
	return all
}

func (a answer) refused(t *testing.T, status int, code string) {
	t.Helper()

	require.Equal(t, status, a.Status, a.Text)
	require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
	require.Equal(t, code, a.Body["code"], a.Text)
}

func TestEveryOperationHasAnAccess(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	operations := s.api.Operations()
	require.Len(t, operations, 6)
	for _, op := range operations {
		want := web.Permit(catalog.PermitWriteProducts)
		if op.Method == http.MethodGet {
			want = web.Anyone
		}
		require.Equal(t, want, op.Access, op.ID)
	}
}
