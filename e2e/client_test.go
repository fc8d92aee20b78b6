package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// client sends requests as somebody. Every answer is held against what all
// answers have in common, and against the OpenAPI document.
type client struct {
	w     *world
	token string
}

func (c client) get(t *testing.T, path string) answer {
	t.Helper()
	return c.send(t, http.MethodGet, path, nil)
}

func (c client) post(t *testing.T, path string, body any) answer {
	t.Helper()
	return c.send(t, http.MethodPost, path, body)
}

func (c client) put(t *testing.T, path string, body any) answer {
	t.Helper()
	return c.send(t, http.MethodPut, path, body)
}

func (c client) patch(t *testing.T, path string, body any) answer {
	t.Helper()
	return c.send(t, http.MethodPatch, path, body)
}

func (c client) delete(t *testing.T, path string) answer {
	t.Helper()
	return c.send(t, http.MethodDelete, path, nil)
}

// send sends body: nothing, a text as it is, or a value as JSON.
func (c client) send(t *testing.T, method, path string, body any) answer {
	t.Helper()
	return c.do(t, c.request(t, method, path, body))
}

// quick is send without the checks that every answer gets, for when there are
// very many.
func (c client) quick(t *testing.T, method, path string, body any, want int) answer {
	t.Helper()
	c.w = &world{system: c.w.system, http: c.w.http}
	return c.send(t, method, path, body).want(want)
}

// sendIf is send under a condition, such as "If-Match".
func (c client) sendIf(t *testing.T, condition, tag, method, path string, body any) answer {
	t.Helper()
	req := c.request(t, method, path, body)
	req.Header.Set(condition, tag)
	return c.do(t, req)
}

func (c client) request(t *testing.T, method, path string, body any) *http.Request {
	t.Helper()
	var content io.Reader = http.NoBody
	switch body := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(body)
	default:
		data, err := json.Marshal(body)
		require.NoError(t, err)
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.w.system.URL+path, content)
	require.NoError(t, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	// Replicas may lag behind each other for a moment; who wrote says so.
	if seq := c.w.lastSeq(); seq != "" && method == http.MethodGet && strings.HasPrefix(path, productsPath) {
		req.Header.Set("Catalog-Min-Seq", seq)
	}
	return req
}

func (c client) do(t *testing.T, req *http.Request) answer {
	t.Helper()
	a, err := c.w.fetch(t, req)
	require.NoError(t, err)
	c.w.check(t, a)
	return a
}

// fetch sends req and looks at nothing, so that any goroutine may call it.
func (w *world) fetch(t *testing.T, req *http.Request) (answer, error) {
	res, err := w.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read to its end
	body, err := io.ReadAll(res.Body)
	w.saw(res.Header.Get("Catalog-Seq"))
	return answer{t: t, Response: res, body: body}, err
}

// check holds a against what all answers have in common.
func (w *world) check(t *testing.T, a answer) {
	t.Helper()
	a.common()
	if w.contract != nil {
		w.contract.check(t, a)
	}
}

// together sends all requests at once, and checks the answers when all are
// there: a test can be failed by its own goroutine only.
func (w *world) together(t *testing.T, reqs ...*http.Request) []answer {
	t.Helper()
	failed := make([]error, len(reqs))
	answers := inParallel(len(reqs), func(i int) (a answer) {
		a, failed[i] = w.fetch(t, reqs[i])
		return a
	})
	for i, a := range answers {
		require.NoError(t, failed[i])
		w.check(t, a)
	}
	return answers
}

// repeat returns n requests that next has made.
func repeat(n int, next func(i int) *http.Request) []*http.Request {
	var reqs []*http.Request
	for i := range n {
		reqs = append(reqs, next(i))
	}
	return reqs
}

// answer is an answer with the test that asked for it.
type answer struct {
	*http.Response
	t    *testing.T
	body []byte
}

var (
	processTime = regexp.MustCompile(`^\d+\.\d{2}ms$`)
	requestID   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
)

func (a answer) common() {
	a.t.Helper()
	require.Regexp(a.t, processTime, a.Header.Get("X-Process-Time"), a)
	require.Regexp(a.t, requestID, a.Header.Get("X-Request-Id"), a)
	require.Less(a.t, a.StatusCode, 500, a)
	require.Empty(a.t, a.Header.Get("Server"), "what it is made of is nobody's business")
	if a.StatusCode >= 400 {
		a.problem()
	}
}

// String is what a failed test shows.
func (a answer) String() string {
	return a.Request.Method + " " + a.Request.URL.RequestURI() + ": " + a.Status + ": " + string(a.body)
}

func (a answer) want(status int) answer {
	a.t.Helper()
	require.Equal(a.t, status, a.StatusCode, a)
	return a
}

func (a answer) into(v any) {
	a.t.Helper()
	require.Equal(a.t, "application/json", strings.Split(a.Header.Get("Content-Type"), ";")[0], a)
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.DisallowUnknownFields() // nothing may be answered that is not in the design
	require.NoError(a.t, dec.Decode(v), a)
}

func (a answer) members() (v fields) {
	a.t.Helper()
	a.into(&v)
	return v
}

func (a answer) account() (v account) {
	a.t.Helper()
	a.into(&v)
	return v
}

func (a answer) tokens() (v tokens) {
	a.t.Helper()
	a.into(&v)
	return v
}

func (a answer) product() (v product) {
	a.t.Helper()
	a.into(&v)
	return v
}

func (a answer) page() (v page) {
	a.t.Helper()
	a.into(&v)
	return v
}

// problem is RFC 9457 and what we add to it.
type problem struct {
	Type, Title, Detail, Instance, Code string
	Status                              int
	RequestID                           string `json:"request_id"`
	Errors                              []struct{ Pointer, Parameter, Code, Detail string }
}

// places returns where the errors are, each place once: it may break several rules.
func (p problem) places() []string {
	var places []string
	for _, e := range p.Errors {
		places = append(places, e.Pointer+e.Parameter)
	}
	slices.Sort(places)
	return slices.Compact(places)
}

func (a answer) problem() (p problem) {
	a.t.Helper()
	require.Equal(a.t, "application/problem+json", strings.Split(a.Header.Get("Content-Type"), ";")[0], a)
	if a.Request.Method == http.MethodHead {
		return p
	}
	require.NoError(a.t, json.Unmarshal(a.body, &p), a)
	require.Equal(a.t, a.StatusCode, p.Status, a)
	require.Equal(a.t, "/problems/"+p.Code, p.Type, a)
	require.NotEmpty(a.t, p.Title, a)
	require.Equal(a.t, a.Header.Get("X-Request-Id"), p.RequestID, a)
	for _, e := range p.Errors {
		require.NotEmpty(a.t, e.Code, a)
		require.NotEmpty(a.t, e.Detail, a)
		require.True(a.t, e.Pointer == "" || e.Parameter == "", a) // neither: the body as a whole
	}
	return p
}

// refused wants a problem with exactly these places in its errors.
func (a answer) refused(status int, code string, places ...string) problem {
	a.t.Helper()
	a.want(status)
	p := a.problem()
	require.Equal(a.t, code, p.Code, a)
	slices.Sort(places)
	require.Equal(a.t, places, p.places(), a)
	return p
}

// invalid wants every one of these places refused, in one answer.
func (a answer) invalid(places ...string) {
	a.t.Helper()
	a.refused(http.StatusUnprocessableEntity, "validation_failed", places...)
}
