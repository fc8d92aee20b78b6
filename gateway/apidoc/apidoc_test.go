package apidoc_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/gateway/apidoc"
)

const base = `{"openapi":"3.1.0","info":{"title":"All","version":"1"},"paths":{"/health":{"get":{"operationId":"health"}}},
	"components":{"responses":{"Problem":{"description":"p"},
	   "RateLimited":{"description":"` + "`rate_limited`" + `: slower","headers":{"Retry-After":{"description":"ours"},"RateLimit":{"description":"left"}}},
	   "Overloaded":{"description":"` + "`overloaded`" + `: later"}},"schemas":{"Problem":{"type":"object"}}}}`

const users = `{"openapi":"3.1.0","info":{"title":"Users","version":"7"},"servers":[{"url":"http://users"}],
	"security":[{"bearer":[]}],"tags":[{"name":"users"},{"name":"shared"}],
	"paths":{"/users":{"get":{"operationId":"list","responses":{"200":{"$ref":"#/components/schemas/Page"},"400":{"$ref":"#/components/schemas/Problem"}}},
	                  "post":{"operationId":"open","security":[],"responses":{
	                     "429":{"description":"` + "`login_throttled`" + `: wait","headers":{"Retry-After":{"description":"theirs"}}},
	                     "503":{"description":"` + "`overloaded`" + `: at the moment"}}}}},
	"components":{"schemas":{"Problem":{"type":"object"},"Item":{"maxLength":12345678901234567890},
	   "Page":{"items":{"$ref":"#/components/schemas/Item"}},"Account":{"type":"string"}},"securitySchemes":{"bearer":{"type":"http"}}}}`

const catalog = `{"openapi":"3.1.0","info":{"title":"Catalog","version":"7"},"tags":[{"name":"shared"}],
	"paths":{"/products":{"get":{"operationId":"list","responses":{"200":{"$ref":"#/components/schemas/Page"}}}}},
	"components":{"schemas":{"Problem":{"type":"object"},"Item":{"maxLength":2},
	   "Page":{"items":{"$ref":"#/components/schemas/Item"}},"Price":{"type":"number"}}}}`

func merge(t *testing.T, parts ...apidoc.Part) map[string]any {
	t.Helper()

	out, err := apidoc.Merge([]byte(base), parts...)
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, json.Unmarshal(out, &doc))
	return doc
}

func at(t *testing.T, doc any, path ...string) any {
	t.Helper()

	for _, name := range path {
		o, ok := doc.(map[string]any)
		require.True(t, ok, "%v has no %q", doc, name)
		doc = o[name]
	}
	return doc
}

func TestMerge(t *testing.T) {
	t.Parallel()

	doc := merge(t, apidoc.Part{Name: "users", JSON: []byte(users)}, apidoc.Part{Name: "catalog", JSON: []byte(catalog)})

	require.Equal(t, map[string]any{"title": "All", "version": "1"}, doc["info"])
	require.NotContains(t, doc, "servers", "how a service is reached inside is nobody's business")
	require.Contains(t, at(t, doc, "paths"), "/health")

	schemas := at(t, doc, "components", "schemas")
	require.Contains(t, schemas, "Problem", "equal ones are shared")
	require.Contains(t, schemas, "Account")
	require.Contains(t, schemas, "Price")
	require.NotContains(t, schemas, "Item")
	require.NotContains(t, schemas, "Page", "equal texts that refer to different things are different")
	require.Equal(t, "#/components/schemas/UsersItem", at(t, schemas, "UsersPage", "items", "$ref"))
	require.Equal(t, "#/components/schemas/CatalogItem", at(t, schemas, "CatalogPage", "items", "$ref"))
	require.Equal(t, "#/components/schemas/CatalogPage", at(t, doc, "paths", "/products", "get", "responses", "200", "$ref"))
	require.Equal(t, "#/components/schemas/Problem", at(t, doc, "paths", "/users", "get", "responses", "400", "$ref"))

	require.Equal(t, "#/components/responses/Problem", at(t, doc, "paths", "/users", "get", "responses", "default", "$ref"))
	require.Nil(t, at(t, doc, "paths", "/health", "get", "responses"), "the gateway has said what it answers")

	require.Equal(t, "list", at(t, doc, "paths", "/users", "get", "operationId"))
	require.Equal(t, "catalog-list", at(t, doc, "paths", "/products", "get", "operationId"))
	require.Equal(t, []any{map[string]any{"bearer": []any{}}}, at(t, doc, "paths", "/users", "get", "security"))
	require.Empty(t, at(t, doc, "paths", "/users", "post", "security"))
	require.Nil(t, at(t, doc, "paths", "/products", "get", "security"))
	require.Len(t, doc["tags"], 2)
}

// What the gateway answers itself is said of every operation, beside what its
// service says.
func TestMergeSaysWhatTheGatewayAnswers(t *testing.T) {
	t.Parallel()

	doc := merge(t, apidoc.Part{Name: "users", JSON: []byte(users)})
	listed := at(t, doc, "paths", "/users", "get", "responses")
	require.Equal(t, "#/components/responses/RateLimited", at(t, listed, "429", "$ref"))
	require.Equal(t, "#/components/responses/Overloaded", at(t, listed, "503", "$ref"))
	opened := at(t, doc, "paths", "/users", "post", "responses")
	require.Equal(t, "`login_throttled`: wait; `rate_limited`: slower", at(t, opened, "429", "description"))
	require.Equal(t, "theirs", at(t, opened, "429", "headers", "Retry-After", "description"))
	require.Equal(t, "left", at(t, opened, "429", "headers", "RateLimit", "description"))
	require.Equal(t, "`overloaded`: at the moment", at(t, opened, "503", "description"), "it is said already")
}

func TestMergeKeepsNumbersAsTheyAre(t *testing.T) {
	t.Parallel()

	out, err := apidoc.Merge([]byte(base), apidoc.Part{Name: "users", JSON: []byte(users)})

	require.NoError(t, err)
	require.Contains(t, string(out), "12345678901234567890")
}

func TestMergeRefusesWhatIsNoDocument(t *testing.T) {
	t.Parallel()

	for name, doc := range map[string]string{
		"Syntax":          `{`,
		"SomethingElse":   `{"status":"ok"}`,
		"SameOperation":   `{"openapi":"3.1.0","paths":{"/health":{"get":{}}}}`,
		"NotEvenAnObject": `[]`,
		"NoPath":          `{"openapi":"3.1.0","paths":{"/x":[]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := apidoc.Merge([]byte(base), apidoc.Part{Name: "x", JSON: []byte(doc)})
			require.Error(t, err)
		})
	}
}

func TestKeeperRemembersWhoIsAway(t *testing.T) {
	t.Parallel()

	var away atomic.Bool
	source := func(name, doc string) apidoc.Source {
		return apidoc.Source{Name: name, Fetch: func(context.Context) ([]byte, error) {
			if away.Load() {
				return nil, errors.New("away")
			}
			return []byte(doc), nil
		}}
	}
	never := apidoc.Source{Name: "never", Fetch: func(context.Context) ([]byte, error) { return nil, errors.New("away") }}
	k := apidoc.NewKeeper([]byte(base), []apidoc.Source{source("users", users), never}, slog.New(slog.DiscardHandler))
	plain, _ := k.Document()
	require.Nil(t, plain)

	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	require.Eventually(t, func() bool {
		plain, _ = k.Document()
		return plain != nil
	}, 5*time.Second, time.Millisecond)
	away.Store(true)
	stop()
	require.NoError(t, <-done)
	plain, packed := k.Document()
	require.Contains(t, string(plain), `"/users"`)
	unpacked, err := fasthttp.AppendGunzipBytes(nil, packed)
	require.NoError(t, err)
	require.Equal(t, plain, unpacked)
}
