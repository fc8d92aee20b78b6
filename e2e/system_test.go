package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var systemChecks = map[string]check{
	"RootSaysWhereThePagesAre": rootSays,
	"HealthIsHealthy":          healthIsHealthy,
	"DocumentListsAllRoutes":   documentListsAllRoutes,
	"AnswersAreCached":         answersAreCached,
	"UnchangedIsNotSentAgain":  unchangedIsNotSentAgain,
}

func decode(from io.Reader, into any) error { return json.NewDecoder(from).Decode(into) }

func rootSays(t *testing.T, w *world) {
	var got map[string]string
	w.anyone().get(t, "/").want(http.StatusOK).into(&got)
	require.NotEmpty(t, got["version"])
	delete(got, "version")
	require.Equal(t, map[string]string{"name": "Stockroom", "docs": "/docs", "redoc": "/redoc"}, got)
}

func healthIsHealthy(t *testing.T, w *world) {
	var got map[string]string
	w.anyone().get(t, "/health").want(http.StatusOK).into(&got)
	require.NotEmpty(t, got["version"])
	delete(got, "version")
	require.Equal(t, map[string]string{"status": "healthy", "app": "Stockroom"}, got)
}

func documentListsAllRoutes(t *testing.T, w *world) {
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Responses   map[string]any
		}
	}
	w.anyone().get(t, "/api/v1/openapi.json").want(http.StatusOK)
	res, err := w.http.Get(w.system.URL + "/api/v1/openapi.json") //nolint:noctx // the client has a timeout
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it is read
	require.NoError(t, decode(res.Body, &doc))
	require.Regexp(t, `^3\.1\.`, doc.OpenAPI)
	ids := map[string]bool{}
	for route, statuses := range map[string][]int{
		"post /api/v1/auth/register":   {201, 409, 422},
		"post /api/v1/auth/login":      {200, 401, 422},
		"post /api/v1/auth/login/json": {200, 401, 422},
		"post /api/v1/auth/refresh":    {200, 401, 422},
		"get /api/v1/auth/me":          {200, 401},

		"post /api/v1/auth/password":                   {200, 401, 403, 422},
		"post /api/v1/auth/password-reset":             {202, 422, 503},
		"post /api/v1/auth/password-reset/confirm":     {204, 422},
		"post /api/v1/auth/email-verification":         {202, 401, 422, 503},
		"post /api/v1/auth/email-verification/confirm": {204, 422},

		"get /api/v1/products":         {200, 422},
		"get /api/v1/products/search":  {200, 422},
		"get /api/v1/products/{id}":    {200, 404, 422},
		"post /api/v1/products":        {201, 401, 403, 409, 422},
		"put /api/v1/products/{id}":    {200, 401, 403, 404, 409, 422},
		"delete /api/v1/products/{id}": {204, 401, 403, 404},
		"get /api/v1/users":            {200, 401, 403, 422},
		"get /api/v1/users/me":         {200, 304, 401},
		"get /api/v1/users/{id}":       {200, 304, 401, 403, 404},
		"put /api/v1/users/{id}":       {200, 401, 403, 404, 409, 412, 422},
		"patch /api/v1/users/{id}":     {200, 401, 403, 404, 409, 412, 415, 422},
		"delete /api/v1/users/{id}":    {204, 401, 403, 404, 409, 412},
		"put /api/v1/users/{id}/role":  {200, 401, 403, 404, 409, 412, 422},

		"post /api/v1/users/{id}/deactivate": {200, 401, 403, 404, 409, 412, 422},
		"post /api/v1/users/{id}/activate":   {200, 401, 403, 404, 412, 422},
		"post /api/v1/users/{id}/restore":    {200, 401, 403, 404, 409, 412, 422},
		"post /api/v1/users/{id}/erase":      {204, 401, 403, 404, 409, 422, 503},
		"get /api/v1/users/{id}/audit":       {200, 401, 403, 404, 422},
	} {
		var method, path string
		_, err := fmt.Sscan(route, &method, &path)
		require.NoError(t, err)
		operation, ok := doc.Paths[path][method]
		require.True(t, ok, route)
		require.NotEmpty(t, operation.OperationID, route)
		require.False(t, ids[operation.OperationID], "%s: its id is not its own", route)
		ids[operation.OperationID] = true
		for _, status := range statuses {
			require.Contains(t, operation.Responses, fmt.Sprint(status), route)
		}
	}
}

// answersAreCached asks each replica, as it may, until an answer comes from a cache.
func answersAreCached(t *testing.T, w *world) {
	p := w.product(t, fields{"category": unique("c")})
	for _, path := range []string{p.path(), productsPath + "?category=" + *p.Category, searchPath + "?q=" + p.SKU} {
		hit := false
		for range 20 {
			res := w.anyone().get(t, path).want(http.StatusOK)
			require.NotEmpty(t, res.Header.Get("Cache-Status"), path)
			hit = hit || isHit(res)
		}
		require.True(t, hit, path)
	}
}

func unchangedIsNotSentAgain(t *testing.T, w *world) {
	p := w.product(t, nil)
	first := w.anyone().get(t, p.path()).want(http.StatusOK)
	ask := func() answer {
		req := w.anyone().request(t, http.MethodGet, p.path(), nil)
		req.Header.Set("If-None-Match", first.Header.Get("ETag"))
		return w.anyone().do(t, req)
	}
	same := ask().want(http.StatusNotModified)
	require.Empty(t, same.body)
	require.Equal(t, first.Header.Get("ETag"), same.Header.Get("ETag"))

	seq := w.admin(t).put(t, p.path(), fields{"stock": 99}).want(http.StatusOK).Header.Get("Catalog-Seq")
	w.reading(t, p.path(), seq)
	eventually(t, rightsDelay, "the new one is sent", func() bool { return ask().StatusCode == http.StatusOK })
}

// isHit reports that an answer comes from a cache.
func isHit(a answer) bool { return strings.Contains(a.Header.Get("Cache-Status"), "hit") }
