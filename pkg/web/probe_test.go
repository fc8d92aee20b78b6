package web_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/web"
)

func TestProbe(t *testing.T) {
	t.Parallel()

	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
	})
	door := httptest.NewServer(mux)
	t.Cleanup(door.Close)
	addr := door.Listener.Addr().String()
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)

	for _, configured := range []string{addr, ":" + port, "0.0.0.0:" + port, "[::]:" + port} {
		require.NoError(t, web.Probe(t.Context(), configured, "/readyz"), configured)
	}
	require.ErrorContains(t, web.Probe(t.Context(), addr, "/busy"), "stopping")
	require.Error(t, web.Probe(t.Context(), "nowhere", "/readyz"))
	door.Close()
	require.Error(t, web.Probe(t.Context(), addr, "/readyz"))
}
