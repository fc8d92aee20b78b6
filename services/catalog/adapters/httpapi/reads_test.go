package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWritesAreSeenByTheNextRead(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	urls := []string{products, products + "?name=LAMP&sort_by=name", products + "/search?q=a-1"}
	for _, url := range urls {
		require.InDelta(t, 0, s.do(t, "GET", url, "").Body["total"], 0)
	}
	item := s.create(t, "A-1", "")
	for round := range 3 {
		require.Equal(t, item, products+"/"+s.do(t, "GET", item, "").Body["id"].(string))
		for _, url := range urls {
			a := s.do(t, "GET", url, "")
			require.InDelta(t, 1, a.Body["total"], 0, url)
			want := "catalog-l1; hit"
			if round == 0 {
				want = "catalog; fwd=miss"
			}
			require.Equal(t, want, a.Header.Get("Cache-Status"))
		}
	}
	require.Equal(t, http.StatusOK, s.do(t, "PUT", item, `{"name":"Lamp two","price":"5"}`).Status)
	require.Contains(t, s.do(t, "GET", item, "").Text, `"name":"Lamp two"`)
	for _, url := range urls {
		require.Contains(t, s.do(t, "GET", url, "").Text, `"price":5.00`)
	}
	require.Equal(t, http.StatusNoContent, s.do(t, "DELETE", item, "").Status)
	s.do(t, "GET", item, "").refused(t, http.StatusNotFound, "not_found")
	s.do(t, "GET", item, "").refused(t, http.StatusNotFound, "not_found")
	for _, url := range urls {
		require.InDelta(t, 0, s.do(t, "GET", url, "").Body["total"], 0)
	}
}

func TestAbsentProductIsSeenOnceCreated(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	item := s.create(t, "A-1", "")
	require.Equal(t, http.StatusNoContent, s.do(t, "DELETE", item, "").Status)
	s.do(t, "GET", item, "").refused(t, http.StatusNotFound, "not_found")
	again := s.create(t, "A-1", "")
	require.NotEqual(t, item, again)
	require.Equal(t, http.StatusOK, s.do(t, "GET", again, "").Status)
}

func TestConditionalReads(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	item := s.create(t, "A-1", "")
	for url, weak := range map[string]bool{item: false, products: true, products + "/search?q=lamp": true} {
		a := s.as(t, "GET", url, "")
		tag := a.Header.Get("ETag")
		require.Equal(t, weak, strings.HasPrefix(tag, "W/"), tag)
		require.Equal(t, "no-cache", a.Header.Get("Cache-Control"))
		for header, want := range map[string]int{
			tag: 304, "W/" + strings.TrimPrefix(tag, "W/"): 304, `"x", ` + tag + ` , "y"`: 304, "*": 304,
			`"x"`: 200, `"`: 200, "1": 200, "": 200, `W/"x", "y,z"`: 200,
		} {
			again := s.as(t, "GET", url, "", "If-None-Match: "+header)
			require.Equal(t, want, again.Status, "%s with %s", url, header)
			require.Equal(t, tag, again.Header.Get("ETag"))
			if want == 304 {
				require.Empty(t, again.Text)
			}
		}
		require.Equal(t, http.StatusOK, s.do(t, "PUT", item, `{"stock":`+map[bool]string{true: "1", false: "2"}[weak]+`}`).Status)
		if url == item {
			require.Equal(t, http.StatusOK, s.as(t, "GET", url, "", "If-None-Match: "+tag).Status)
		}
	}
	page := s.as(t, "GET", products, "").Header.Get("ETag")
	s.create(t, "A-2", "")
	require.Equal(t, http.StatusOK, s.as(t, "GET", products, "", "If-None-Match: "+page).Status)
}

func TestKnownListIsNotLoaded(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	s.create(t, "A-1", "")
	tag := s.as(t, "GET", products, "").Header.Get("ETag")
	loads := s.cache.Stats().Loads
	// The tag is of a commit, so it holds for lists that nobody has read yet.
	a := s.as(t, "GET", products+"?page=7", "", "If-None-Match: "+tag)
	require.Equal(t, http.StatusNotModified, a.Status)
	require.Equal(t, tag, a.Header.Get("ETag"))
	require.Equal(t, loads, s.cache.Stats().Loads)

	for _, other := range []string{`W/"1.0"`, `W/"1.99"`, `W/"2.1"`, `W/"1.01"`, `W/"1.1`, `"1.1`} {
		require.Equal(t, http.StatusOK, s.as(t, "GET", products, "", "If-None-Match: "+other).Status, other)
	}
	s.as(t, "GET", products, "", "If-None-Match: "+tag, "Catalog-Min-Seq: x").refused(t, http.StatusBadRequest, "malformed_request")
	s.as(t, "GET", products+"?page=0", "", "If-None-Match: "+tag).refused(t, http.StatusUnprocessableEntity, "validation_failed")
	s.create(t, "A-2", "")
	require.Equal(t, http.StatusOK, s.as(t, "GET", products, "", "If-None-Match: "+tag).Status)
}

func TestLeastSequenceNumber(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	item := s.create(t, "A-1", "")
	seq := s.do(t, "PUT", item, `{"stock":5}`).Header.Get("Catalog-Seq")
	require.Equal(t, "1.2", seq)
	for _, url := range []string{item, products} {
		for _, header := range []string{seq, "1.0", "0.99", "7.1", "1.9223372036854775807"} {
			a := s.as(t, "GET", url, "", "Catalog-Min-Seq: "+header)
			require.Equal(t, http.StatusOK, a.Status, header)
			require.Contains(t, a.Text, `"stock":5`)
		}
		before := s.as(t, "GET", url, "", "Catalog-Min-Seq: 0.99")
		require.Equal(t, "catalog-l1; hit", before.Header.Get("Cache-Status"), "an earlier epoch says nothing about this one")
		after := s.as(t, "GET", url, "", "Catalog-Min-Seq: 7.1")
		require.Equal(t, "catalog; fwd=miss", after.Header.Get("Cache-Status"), "if a later one has begun, caches are of no use")
		for _, header := range []string{"2", "1.", ".1", "1.2.3", "a.b", "1.-2", "+1.2", "1.99999999999999999999", "1. 2"} {
			s.as(t, "GET", url, "", "Catalog-Min-Seq: "+header).refused(t, http.StatusBadRequest, "malformed_request")
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	empty := s.as(t, "GET", products, "")
	require.JSONEq(t, `{"items":[],"total":0,"page":1,"page_size":10,"total_pages":1}`, empty.Text)
	for _, sku := range []string{"A", "B", "C"} {
		s.create(t, sku, `,"stock":1,"category":"C%/&"`)
	}
	for query, want := range map[string]string{
		"?page=1&page_size=2":                         `"total":3,"page":1,"page_size":2,"total_pages":2}`,
		"?page=2&page_size=2":                         `"total":3,"page":2,"page_size":2,"total_pages":2}`,
		"?page=9223372036854775807":                   `{"items":[],"total":3,"page":9223372036854775807,"page_size":10,"total_pages":1}`,
		"?category=C%25%2F%26":                        `"total":3,`,
		"?category=c":                                 `"total":0,`,
		"?name=lamp+b":                                `"total":1,`,
		"?name=%25":                                   `"total":0,`,
		"?name=&category=":                            `"total":3,`,
		"?min_price=19.99&max_price=19.99":            `"total":3,`,
		"?min_price=20&max_price=1":                   `"total":0,`,
		"?in_stock_only=YES&utm_source=x&utm_source=": `"total":3,`,
		"?sort_by=name&sort_order=asc&page_size=1":    `"name":"Lamp A"`,
		"/search?q=lamp&page_size=1&sort_by=name":     `"name":"Lamp C"`,
		"/search?q=%20":                               `"total":3,`,
		"/search?q=" + strings.Repeat("%C3%9F", 100):  `"total":0,`,
	} {
		a := s.as(t, "GET", products+query, "")
		require.Equal(t, http.StatusOK, a.Status, query)
		require.Contains(t, a.Text, want, query)
	}
}

func TestQueriesThatAreRefused(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	for query, want := range map[string]map[string]string{
		"?page=0":                    {"page": "out_of_range"},
		"?page=-1&page_size=0":       {"page": "out_of_range", "page_size": "out_of_range"},
		"?page_size=101":             {"page_size": "out_of_range"},
		"?page=x":                    {"page": "type"},
		"?page=9223372036854775808":  {"page": "out_of_range"},
		"?page=1&page=2":             {"page": "repeated"},
		"?sort_by=id":                {"sort_by": "enum"},
		"?sort_by=&sort_order=ASC":   {"sort_by": "enum", "sort_order": "enum"},
		"?in_stock_only=maybe":       {"in_stock_only": "type"},
		"?min_price=1.999":           {"min_price": "too_precise"},
		"?max_price=100000000":       {"max_price": "out_of_range"},
		"?min_price=-1&max_price=1e": {"min_price": "out_of_range", "max_price": "invalid"},
		"?min_price=":                {"min_price": "invalid"},
		"?name=%00":                  {"name": "invalid"},
		"?category=%FF":              {"category": "invalid"},
		"/search":                    {"q": "required"},
		"/search?q=":                 {"q": "too_short"},
		"/search?q=" + strings.Repeat("%C3%9F", 101): {"q": "too_long"},
		"/search?q=%00&page=0":                       {"q": "invalid", "page": "out_of_range"},
	} {
		a := s.as(t, "GET", products+query, "")
		a.refused(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, want, a.wrong(), query)
	}
}

func TestIDsThatCannotBe(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	for _, id := range []string{
		"1", "00000000-0000-7000-8000-00000000000A", "00000000000070008000000000000001", "00000000-0000-7000-8000-00000000000",
		"%7B00000000-0000-7000-8000-000000000001%7D", "00000000-0000-7000-8000_000000000001", "0000000g-0000-7000-8000-000000000001",
	} {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			a := s.do(t, method, products+"/"+id, map[bool]string{true: `{}`}[method == "PUT"])
			a.refused(t, http.StatusUnprocessableEntity, "validation_failed")
			require.Equal(t, map[string]string{"id": "invalid"}, a.wrong(), id)
		}
	}
	s.do(t, "GET", products+"/00000000-0000-7000-8000-000000000001", "").refused(t, http.StatusNotFound, "not_found")
}
