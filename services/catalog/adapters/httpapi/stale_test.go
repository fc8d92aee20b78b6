package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const label = `^catalog-l1; hit; ttl=-[1-9][0-9]*; detail="stale-if-error"$`

func TestReadsAreLabelledWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	item := s.create(t, "A-1", "")
	urls := []string{item, products, products + "/search?q=lamp"}
	texts, tags := map[string]string{}, map[string]string{}
	for _, url := range urls {
		a := s.do(t, "GET", url, "")
		require.Empty(t, a.Header.Get("Catalog-As-Of"))
		texts[url], tags[url] = a.Text, a.Header.Get("ETag")
	}
	s.store.away.Store(true)
	require.Eventually(t, func() bool { // the lease runs out
		return strings.Contains(s.do(t, "GET", item, "").Header.Get("Cache-Status"), "stale-if-error")
	}, 10*time.Second, time.Millisecond)

	for _, url := range urls {
		a := s.do(t, "GET", url, "")
		require.Equal(t, http.StatusOK, a.Status, a.Text)
		require.Equal(t, texts[url], a.Text)
		require.Equal(t, tags[url], a.Header.Get("ETag"))
		require.Regexp(t, label, a.Header.Get("Cache-Status"))
		require.Equal(t, "1.1", a.Header.Get("Catalog-As-Of"))

		known := s.do(t, "GET", url, "", "If-None-Match: "+tags[url])
		require.Equal(t, http.StatusNotModified, known.Status)
		require.Regexp(t, label, known.Header.Get("Cache-Status"), "nor is this certain")

		require.Equal(t, http.StatusOK, s.do(t, "GET", url, "", "Catalog-Min-Seq: 1.1").Status)
		later := s.do(t, "GET", url, "", "Catalog-Min-Seq: 1.2")
		later.refused(t, http.StatusServiceUnavailable, "dependency_unavailable")
		require.Equal(t, "1", later.Header.Get("Retry-After"))
	}
	s.do(t, "GET", products+"?name=other", "").refused(t, http.StatusServiceUnavailable, "dependency_unavailable")

	s.store.away.Store(false)
	require.Eventually(t, func() bool {
		a := s.do(t, "GET", item, "")
		return a.Status == http.StatusOK && !strings.Contains(a.Header.Get("Cache-Status"), "stale") && a.Header.Get("Catalog-As-Of") == ""
	}, 10*time.Second, time.Millisecond)
}
