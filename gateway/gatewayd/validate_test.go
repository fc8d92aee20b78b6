package gatewayd

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoutingTableIsChecked(t *testing.T) {
	t.Parallel()

	require.NoError(t, validate(routes))
	for name, spoil := range map[string]func(*route){
		"not one that is forwarded": func(r *route) { r.method = "FETCH" },
		"no path":                   func(r *route) { r.pattern = "api/v1/products" },
		"no service":                func(r *route) { r.service = "orders" },
		"no time":                   func(r *route) { r.within = 0 },
		"free":                      func(r *route) { r.cost = free },
		"no priority":               func(r *route) { r.priority = 0 },
		"waits in the service":      func(r *route) { r.priority = apart },
		"GET /api/v1/products/search is there twice": func(r *route) { r.pattern = "/api/v1/products/search" },
	} {
		r := route{"GET", "/api/v1/x", catalog, anyone, usual, ordinary, read, whole}
		good := []route{{"GET", "/api/v1/products/search", catalog, anyone, usual, ordinary, list, whole}, r}
		require.NoError(t, validate(good))
		spoil(&good[1])
		require.ErrorContains(t, validate(good), name)
	}
}
