package gatewayd

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoutingTableIsChecked(t *testing.T) {
	t.Parallel()

	require.NoError(t, checkRoutes(routes))
	for name, spoil := range map[string]func(*route){
		"no such method":              func(r *route) { r.method = "FETCH" },
		"not a path":                  func(r *route) { r.pattern = "api/v1/products" },
		"no such service":             func(r *route) { r.service = "orders" },
		"no time":                     func(r *route) { r.within = 0 },
		"costs nothing":               func(r *route) { r.cost = free },
		"no priority":                 func(r *route) { r.priority = 0 },
		"waits in the service":        func(r *route) { r.priority = apart },
		"GET /api/v1/products/search": func(r *route) { r.pattern = "/api/v1/products/search" },
	} {
		r := route{"GET", "/api/v1/x", catalog, anyone, usual, ordinary, read}
		good := []route{{"GET", "/api/v1/products/search", catalog, anyone, usual, ordinary, list}, r}
		require.NoError(t, checkRoutes(good))
		spoil(&good[1])
		require.ErrorContains(t, checkRoutes(good), name)
	}
}
