package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
)

// BenchmarkCachedRead is the cost of reads that the cache answers, on a store in
// memory and without a network: whole, and for a client that knows the answer.
func BenchmarkCachedRead(b *testing.B) {
	s := newServer(b)
	handle := s.api.App().Handler()
	var item string
	for i := range 100 {
		var c fasthttp.RequestCtx
		c.Request.Header.SetMethod(http.MethodPost)
		c.Request.Header.SetContentType("application/json")
		c.Request.Header.Set("Authorization", "Bearer admin")
		c.Request.SetRequestURI(products)
		c.Request.SetBodyString(fmt.Sprintf(`{"name":"Lamp","price":19.99,"sku":"L-%d"}`, i))
		handle(&c)
		require.Equal(b, http.StatusCreated, c.Response.StatusCode())
		item = string(c.Response.Header.Peek("Location"))
	}
	read := func(b *testing.B, url, known string, want int) (tag string) {
		b.Helper()
		var c fasthttp.RequestCtx
		c.Request.SetRequestURI(url)
		c.Request.Header.Set("If-None-Match", known)
		handle(&c)
		require.Equal(b, want, c.Response.StatusCode())
		return string(c.Response.Header.Peek("ETag"))
	}
	for name, url := range map[string]string{"Detail": item, "List": products + "?page_size=100"} {
		tag := read(b, url, "", http.StatusOK)
		for known, want := range map[string]int{`"x"`: http.StatusOK, tag: http.StatusNotModified} {
			b.Run(fmt.Sprint(name, want), func(b *testing.B) {
				before := s.cache.Stats().Loads
				b.ReportAllocs()
				for b.Loop() {
					read(b, url, known, want)
				}
				b.ReportMetric(float64(s.cache.Stats().Loads-before)/float64(b.N), "loads/op")
			})
		}
	}
}
