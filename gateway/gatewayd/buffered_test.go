package gatewayd_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What large bodies and answers hold is given back, however they end.
func TestNothingStaysBuffered(t *testing.T) {
	t.Parallel()

	const size = 100 << 10
	large := strings.Repeat("x", size)
	s := newSystem(t)
	reached := make(chan struct{})
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.RawQuery {
		case "hold":
			reached <- struct{}{}
			<-reached
		case "short":
			w.Header().Set("Content-Length", fmt.Sprint(size+1))
		}
		_, _ = io.WriteString(w, large)
	})
	empty := func() bool { return s.server.Buffered() == 0 }

	held := make(chan int, 1)
	go func() { held <- s.post(t, "/api/v1/auth/refresh?hold", large) }()
	<-reached
	require.EqualValues(t, size, s.server.Buffered(), "a body counts until it is answered")
	reached <- struct{}{}
	require.Equal(t, http.StatusOK, <-held)
	require.Eventually(t, empty, soon, time.Millisecond)

	for range 20 {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			res, _ := s.call(t, method, "/api/v1/products", "", http.Header{"Accept-Encoding": {"gzip"}})
			require.Equal(t, http.StatusOK, res.StatusCode)
		}
		res, _ := s.call(t, http.MethodGet, "/api/v1/products?short", "", nil)
		require.Equal(t, http.StatusBadGateway, res.StatusCode)
		c := s.connect(t)
		_, err := io.WriteString(c, "GET /api/v1/products HTTP/1.1\r\nHost: a\r\n\r\n")
		require.NoError(t, err)
		require.NoError(t, c.Close(), "it does not wait for the answer")
	}
	require.Eventually(t, empty, soon, time.Millisecond)
}

func (s *system) post(t *testing.T, target, body string) int {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+target, strings.NewReader(body))
	if err != nil {
		return 0
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}
