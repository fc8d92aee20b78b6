package gatewayd_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// atOnce is how many requests a service gets at once of which nothing is known.
const atOnce = 64

// one is a product: lists do not take all the room that there is.
const one = "/api/v1/products/0190f3a1-7a00-7000-8000-000000000001"

// answered is what became of a request.
type answered struct {
	res  *http.Response
	body string
}

// crowd sends n requests at once, and hands over their answers.
func (s *system) crowd(t *testing.T, n int, method, target, body string, header http.Header) <-chan answered {
	t.Helper()

	answers := make(chan answered, n)
	for range n {
		go func() {
			req, _ := http.NewRequestWithContext(t.Context(), method, s.url+target, strings.NewReader(body))
			if header != nil {
				req.Header = header
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				answers <- answered{body: err.Error()}
				return
			}
			got, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			answers <- answered{res, string(got)}
		}()
	}
	return answers
}

// waiting reports whether n requests wait for the catalog.
func (s *system) waiting(t *testing.T, n int) bool {
	t.Helper()

	inside := &system{url: s.inside}
	_, text := inside.call(t, http.MethodGet, "/metrics", "", nil)
	return strings.Contains(text, fmt.Sprintf(`admission_waiting{upstream="catalog"} %d`, n))
}

// What a service has no room for is refused, and everything else goes on.
func TestOverloadedServiceIsLeftInPeace(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	release := make(chan struct{})
	s.answers(func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v1/products") {
			<-release
		}
	})
	first := s.crowd(t, atOnce, http.MethodGet, one, "", nil)
	require.Eventually(t, func() bool { return len(s.seen()) == atOnce }, soon, time.Millisecond)

	const tooMany = 100
	others := s.crowd(t, tooMany, http.MethodGet, "/api/v1/products", "", nil)
	for range tooMany {
		a := <-others
		require.NotNil(t, a.res, a.body)
		require.Equal(t, http.StatusServiceUnavailable, a.res.StatusCode)
		require.Equal(t, "1", a.res.Header.Get("Retry-After"))
		require.Equal(t, "overloaded", problem(t, a.res, a.body).Code)
	}
	require.Len(t, s.seen(), atOnce, "it got no more")
	for target, method := range map[string]string{"/health": http.MethodGet, "/api/v1/auth/login": http.MethodPost} {
		res, _ := s.call(t, method, target, "", nil)
		require.Equal(t, http.StatusOK, res.StatusCode, target)
	}

	close(release)
	for range atOnce {
		a := <-first
		require.NotNil(t, a.res, a.body)
		require.Equal(t, http.StatusOK, a.res.StatusCode, "what was let in is answered")
	}
	res, _ := s.call(t, http.MethodGet, "/api/v1/products", "", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
}

func TestChangesGoBeforeLists(t *testing.T) {
	t.Parallel()

	for complete := false; !complete; { // on a busy machine some wait too long
		complete = changesGoFirst(t)
	}
}

// changesGoFirst has lists and changes wait together, and fails t if any list
// goes before a change. It reports whether all had their turn.
func changesGoFirst(t *testing.T) bool {
	t.Helper()

	const each = 10
	s := newSystem(t)
	turns, came := make(chan struct{}), make(chan struct{}, atOnce+2*each)
	var end sync.Once
	goOn := func() { end.Do(func() { close(turns) }) }
	defer goOn()
	s.answers(func(http.ResponseWriter, *http.Request) {
		came <- struct{}{}
		<-turns
	})
	first := s.crowd(t, atOnce, http.MethodGet, one, "", nil)
	for range atOnce {
		<-came
	}

	lists := s.crowd(t, each, http.MethodGet, "/api/v1/products/search?q=a", "", nil)
	changes := s.crowd(t, each, http.MethodPost, "/api/v1/products", "{}", s.json(t))
	for !s.waiting(t, 2*each) {
		if len(lists)+len(changes) > 0 {
			return false
		}
	}
	for range 2 * each {
		turns <- struct{}{}
		select {
		case <-came:
		case <-time.After(2 * time.Second): // nobody waits so long
			return false
		}
	}
	for n, r := range s.seen()[atOnce:] {
		require.Equal(t, n < each, r.method == http.MethodPost, "place %d: %s %s", n, r.method, r.target)
	}
	goOn()
	for _, answers := range []<-chan answered{first, lists, changes} {
		for range cap(answers) {
			a := <-answers
			require.NotNil(t, a.res, a.body)
			require.Equal(t, http.StatusOK, a.res.StatusCode)
		}
	}
	return true
}
