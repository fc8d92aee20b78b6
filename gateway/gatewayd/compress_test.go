package gatewayd_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
)

func TestAnswersOfTheCatalogAreCompressed(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	large := `{"items":"` + strings.Repeat("0123456789", 1000) + `"}`
	tag, body := `W/"1.7"`, large
	s.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if tag != "" {
			w.Header().Set("ETag", tag)
		}
		_, _ = io.WriteString(w, body)
	})
	ask := func(path, accept string, more http.Header) (*http.Response, string) {
		header := http.Header{"Accept-Encoding": {accept}}
		for name, values := range more {
			header[name] = values
		}
		return s.call(t, http.MethodGet, path, "", header)
	}
	unpack := map[string]func(dst, src []byte) ([]byte, error){
		"gzip": fasthttp.AppendGunzipBytes, "zstd": fasthttp.AppendUnzstdBytes,
	}
	for accept, want := range map[string]string{
		"gzip": "gzip", "zstd": "zstd", "gzip, deflate, br, zstd": "zstd", "zstd;q=0, gzip;q=0.5": "gzip", "GZIP": "gzip",
		"identity": "", "br": "", "gzip;q=0": "",
	} {
		res, got := ask(products, accept, nil)
		require.Equal(t, want, res.Header.Get("Content-Encoding"), accept)
		require.Contains(t, res.Header.Values("Vary"), "Accept-Encoding")
		require.Equal(t, tag, res.Header.Get("ETag"))
		if want != "" {
			require.Less(t, len(got), len(large)/10)
			plain, err := unpack[want](nil, []byte(got))
			require.NoError(t, err)
			got = string(plain)
		}
		require.Equal(t, large, got, accept)
	}

	plain := func(path string, more http.Header) {
		t.Helper()
		res, got := ask(path, "gzip", more)
		require.Empty(t, res.Header.Get("Content-Encoding"))
		require.Equal(t, body, got)
	}
	plain(products, s.bearer(t)) // somebody's secrets may be in it
	plain("/api/v1/auth/me", s.bearer(t))
	tag = `"7"`
	plain(products+"/x", nil) // its ETag is for these bytes
	tag, body = "", "{}"
	plain(products, nil) // it would not pay
}

func TestDocumentIsCompressed(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	_, want := s.call(t, http.MethodGet, "/api/v1/openapi.json", "", http.Header{"Accept-Encoding": {"identity"}})
	res, packed := s.call(t, http.MethodGet, "/api/v1/openapi.json", "", http.Header{"Accept-Encoding": {"gzip"}})
	require.Equal(t, "gzip", res.Header.Get("Content-Encoding"))
	require.Contains(t, res.Header.Values("Vary"), "Accept-Encoding")
	got, err := fasthttp.AppendGunzipBytes(nil, []byte(packed))
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}
