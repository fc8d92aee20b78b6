package apidoc_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/apidoc"
)

// Whatever a service says of itself, the gateway goes on describing itself and
// the others, the same way each time, or says what is wrong.
func FuzzMerge(f *testing.F) {
	for _, doc := range []string{
		catalog, users, `{`, `[]`, `{"openapi":null}`,
		`{"openapi":"3.1.0","paths":{"/x":[],"/y":{"get":1}}}`,
		`{"openapi":"3.1.0","paths":{"/x":{"get":{"responses":{"429":{"$ref":"#/components/responses/Problem"},"503":[]}}}},"components":[]}`,
		`{"openapi":"3.1.0","components":{"schemas":{"Page":{"$ref":"#/components/schemas/Page"},"CatalogPage":{}},"responses":{"Problem":{}}},"tags":[1,null,{}]}`,
		`{"openapi":"3.1.0","info":1e999,"security":0,"tags":0}`,
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		parts := func() []apidoc.Part {
			return []apidoc.Part{{Name: "users", JSON: []byte(users)}, {Name: "catalog", JSON: doc}}
		}
		merged, err := apidoc.Merge([]byte(base), parts()...)
		again, failed := apidoc.Merge([]byte(base), parts()...)
		require.Equal(t, err == nil, failed == nil)
		if err != nil {
			return
		}
		require.Equal(t, string(merged), string(again))
		var got struct {
			Info  struct{ Title string }
			Paths map[string]map[string]any
		}
		require.NoError(t, json.Unmarshal(merged, &got))
		require.Equal(t, "All", got.Info.Title)
		require.Contains(t, got.Paths["/health"], "get")
		require.Contains(t, got.Paths["/users"], "post")
	})
}
