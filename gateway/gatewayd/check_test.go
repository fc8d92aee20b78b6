package gatewayd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
)

// A table that is wrong does not come to be used.
func TestTableIsChecked(t *testing.T) {
	t.Parallel()

	for name, add := range map[string]func(*gatewayd.Config){
		"there twice":             func(cfg *gatewayd.Config) { cfg.AddRoute("GET", "/api/v1/products", gatewayd.Download) },
		"no path":                 func(cfg *gatewayd.Config) { cfg.AddRoute("GET", "/api//products", gatewayd.Download) },
		"only the answer to GET":  func(cfg *gatewayd.Config) { cfg.AddRoute("POST", "/api/v1/export", gatewayd.Download) },
		"have a body to pass on":  func(cfg *gatewayd.Config) { cfg.AddRoute("GET", "/api/v1/import", gatewayd.Upload) },
		"no such way to stream":   func(cfg *gatewayd.Config) { cfg.AddRoute("GET", "/api/v1/changes", gatewayd.Feed+1) },
		"not one that is forward": func(cfg *gatewayd.Config) { cfg.AddRoute("CONNECT", "/api/v1/changes", gatewayd.Feed) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
			require.NoError(t, err)
			cfg := gatewayd.Config{Env: "production", InternalToken: internalToken}
			add(&cfg)
			_, err = gatewayd.New(t.Context(), cfg, doors, telemetry.Discard())
			require.ErrorContains(t, err, name)
		})
	}
}
