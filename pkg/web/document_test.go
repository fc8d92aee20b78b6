package web_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/pkg/web"
)

// object is a part of a document.
type object map[string]any

// at returns the part of o that path leads to.
func (o object) at(t *testing.T, path ...string) object {
	t.Helper()
	for _, name := range path {
		next, ok := o[name].(map[string]any)
		require.True(t, ok, "no %s in %v", name, o)
		o = next
	}
	return o
}

type page[T any] struct {
	Items []T     `json:"items"`
	Note  *string `json:"note"`
	Total int     `json:"total"`
}

func document(t *testing.T) (object, *web.API) {
	t.Helper()
	api, _ := newAPI(t)
	web.Handle(api, web.Operation{
		ID: "putThing", Method: http.MethodPut, Path: "/things/{id}", Summary: "Change a thing", Tag: "things",
		Access: web.Permit("things.write"), Also: map[int]string{201: "Made", 304: "Unchanged"},
		Headers: map[string]string{"ETag": "Its version"},
		Errors:  []*errs.Error{errThingMissing, errs.New(errs.Conflict, "sku_taken", "SKU already in use")},
	}, func(*fiber.Ctx, struct {
		ID web.ID `path:"id" doc:"Which one"`
		listing
		Body thing
	},
	) (web.Raw[page[line]], error) {
		return web.Raw[page[line]]{}, nil
	})
	web.Handle(api, web.Operation{ID: "ping", Method: http.MethodGet, Path: "/ping", Access: web.Anyone},
		func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, nil })

	got := call(t, api, http.MethodGet, "/openapi.json", "")
	require.Equal(t, 200, got.status)
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	var doc object
	require.NoError(t, json.Unmarshal([]byte(got.body), &doc))
	return doc, api
}

func TestDocumentOfAnOperation(t *testing.T) {
	t.Parallel()
	doc, _ := document(t)

	require.Equal(t, "3.1.0", doc["openapi"])
	put := doc.at(t, "paths", "/things/{id}", "put")
	require.Equal(t, "putThing", put["operationId"])
	require.Equal(t, []any{"things"}, put["tags"])
	require.Equal(t, []any{map[string]any{"bearer": []any{}}}, put["security"])
	require.Len(t, put["parameters"], 8)
	require.Contains(t, put["parameters"], map[string]any{
		"name": "page", "in": "query", "schema": map[string]any{
			"type": "integer", "format": "int64", "default": 1.0, "minimum": 1.0, "maximum": 100.0,
		},
	})
	require.Equal(t, true, put.at(t, "requestBody")["required"])

	responses := put.at(t, "responses")
	for _, status := range []string{"200", "201", "304", "400", "401", "403", "404", "409", "413", "415", "422", "500", "503", "504"} {
		require.Contains(t, responses, status)
	}
	require.Equal(t, map[string]any{"$ref": "#/components/schemas/Problem"},
		responses.at(t, "409", "content", web.ProblemContentType)["schema"])
	require.Equal(t, "`sku_taken`: SKU already in use", responses.at(t, "409")["description"])
	require.Equal(t, map[string]any{"$ref": "#/components/schemas/PageLine"},
		responses.at(t, "200", "content", "application/json")["schema"])
	require.NotContains(t, responses.at(t, "304"), "content")
	require.Contains(t, responses.at(t, "200", "headers"), "ETag")
	require.Contains(t, responses.at(t, "401", "headers"), "WWW-Authenticate")
	require.Contains(t, responses.at(t, "503", "headers"), "Retry-After")
}

func TestDocumentOfAnOpenOperation(t *testing.T) {
	t.Parallel()
	doc, _ := document(t)

	get := doc.at(t, "paths", "/ping", "get")
	require.NotContains(t, get, "security")
	require.NotContains(t, get, "requestBody")
	require.Contains(t, get.at(t, "responses"), "204")
	for _, status := range []string{"401", "403", "413", "422"} {
		require.NotContains(t, get.at(t, "responses"), status)
	}
}

func TestDocumentOfBodies(t *testing.T) {
	t.Parallel()
	doc, _ := document(t)
	schemas := doc.at(t, "components", "schemas")

	body := schemas.at(t, "Thing")
	require.Equal(t, []any{"name"}, body["required"], "neither optional nor read-only members")
	require.Equal(t, false, body["additionalProperties"])
	require.Equal(t, []any{"string", "null"}, body.at(t, "properties", "description")["type"])
	require.Equal(t, "string", body.at(t, "properties", "category")["type"])
	require.NotContains(t, body.at(t, "properties"), "Role")

	list := schemas.at(t, "PageLine")
	require.Equal(t, "array", list.at(t, "properties", "items")["type"], "never null")
	require.Equal(t, []any{"string", "null"}, list.at(t, "properties", "note")["type"])
	require.Equal(t, []any{"items", "note", "total"}, list["required"])
}

func TestNullIsDocumentedWhateverTheSchema(t *testing.T) {
	t.Parallel()
	api := echo[struct {
		Price web.Optional[cents]  `json:"price" nullable:"true"`
		Kind  web.Optional[string] `json:"kind" nullable:"true" enum:"box,bag"`
	}](t)

	var doc object
	require.NoError(t, json.Unmarshal([]byte(call(t, api, http.MethodGet, "/openapi.json", "").body), &doc))
	body := doc.at(t, "paths", "/echo", "post", "requestBody", "content", "application/json", "schema")
	ref, ok := body["$ref"].(string)
	require.True(t, ok)
	properties := doc.at(t, "components", "schemas", ref[len("#/components/schemas/"):], "properties")
	require.Contains(t, properties.at(t, "price")["anyOf"], map[string]any{"type": "null"})
	require.Contains(t, properties.at(t, "kind")["enum"], nil)
}

func TestOperationsAreListed(t *testing.T) {
	t.Parallel()
	_, api := document(t)

	access := make(map[string]web.Access)
	for _, op := range api.Operations() {
		access[op.ID] = op.Access
	}
	require.Equal(t, map[string]web.Access{"putThing": web.Permit("things.write"), "ping": web.Anyone}, access)
	require.Len(t, api.Document().Paths, 2)
}

func TestDocumentGrowsWithLaterOperations(t *testing.T) {
	t.Parallel()
	_, api := document(t)

	web.Handle(api, web.Operation{ID: "late", Method: http.MethodGet, Path: "/late", Access: web.Anyone},
		func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, nil })
	require.Contains(t, call(t, api, http.MethodGet, "/openapi.json", "").body, `"/late"`)
}

func TestOperationsThatCouldNeverWork(t *testing.T) {
	t.Parallel()
	get := func(id, path string) web.Operation {
		return web.Operation{ID: id, Method: http.MethodGet, Path: path, Access: web.Anyone}
	}
	type named struct {
		Name string `path:"name"`
	}

	for name, register := range map[string]func(api *web.API){
		"HiddenRoute": func(api *web.API) {
			web.Handle(api, get("a", "/things/{name}"), func(*fiber.Ctx, named) (web.Empty, error) { return web.Empty{}, nil })
			web.Handle(api, get("b", "/things/search"), func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, nil })
		},
		"SameID": func(api *web.API) {
			web.Handle(api, get("a", "/a"), func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, nil })
			web.Handle(api, get("a", "/b"), func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, nil })
		},
		"UnreadPathParameter": func(api *web.API) {
			web.Handle(api, get("a", "/{name}"), func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, nil })
		},
		"NoSuchPathParameter": func(api *web.API) {
			web.Handle(api, get("a", "/a"), func(*fiber.Ctx, named) (web.Empty, error) { return web.Empty{}, nil })
		},
		"UntaggedField": func(api *web.API) {
			web.Handle(api, get("a", "/a"), func(*fiber.Ctx, struct{ Page int }) (web.Empty, error) { return web.Empty{}, nil })
		},
		"BadDefault": func(api *web.API) {
			web.Handle(api, get("a", "/a"), func(*fiber.Ctx, struct {
				Page int `query:"page" default:"one"`
			},
			) (web.Empty, error) {
				return web.Empty{}, nil
			})
		},
		"AnyMember": func(api *web.API) {
			web.Handle(api, get("a", "/a"), func(*fiber.Ctx, struct {
				Body struct {
					X any `json:"x"`
				}
			},
			) (web.Empty, error) {
				return web.Empty{}, nil
			})
		},
		"NoGate": func(*web.API) {
			web.Handle(web.New(web.Config{}), web.Operation{ID: "a", Method: http.MethodGet, Path: "/a"},
				func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, nil })
		},
		"SelfWithoutParameter": func(api *web.API) {
			op := get("a", "/a")
			op.Access = web.PermitOrSelf("p", "id")
			web.Handle(api, op, func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, _ := newAPI(t)
			require.Panics(t, func() { register(api) })
		})
	}
}

// Types without a name get one from where they stand, in every direction.
func TestUnnamedTypesAreDocumented(t *testing.T) {
	t.Parallel()
	api := echo[struct {
		Name  web.Optional[string] `json:"name"`
		Inner struct {
			Count web.Optional[int] `json:"count"`
			Lines []struct {
				SKU string `json:"sku"`
			} `json:"lines"`
		} `json:"inner"`
	}](t)

	required := make(map[string][]string)
	for name, schema := range api.Document().Components.Schemas.Map() {
		require.Regexp(t, `^[A-Za-z0-9._-]+$`, name)
		required[name] = schema.Required
	}
	require.Equal(t, []string{"inner"}, required["EchoBody"])
	require.Equal(t, []string{"lines"}, required["InnerStruct"])
	require.Equal(t, map[string]string{"/inner/lines/0/sku": "required"}, post(t, api, `{"inner":{"lines":[{}]}}`).codes())
}
