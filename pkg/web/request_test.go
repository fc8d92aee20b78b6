package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/pkg/web"
)

// Fiber reuses the memory of a request for the next one.
func TestStringsStayAfterTheRequest(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)
	type input struct {
		Name  string `path:"name"`
		Q     string `query:"q"`
		Agent string `header:"X-Agent"`
		Body  struct {
			Text string          `json:"text"`
			Raw  json.RawMessage `json:"raw"`
		}
	}
	var mu sync.Mutex
	var kept []input
	web.Handle(api, web.Operation{ID: "keep", Method: http.MethodPost, Path: "/keep/{name}", Access: web.Anyone},
		func(_ *fiber.Ctx, in input) (web.Empty, error) {
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, in)
			return web.Empty{}, nil
		})

	const requests = 200
	for i := range requests {
		text := strings.Repeat(string(rune('a'+i%26)), 20)
		got := call(t, api, http.MethodPost, "/keep/"+text+"?q="+text, fmt.Sprintf(`{"text":%q,"raw":[%q]}`, text, text),
			"Content-Type", "application/json", "X-Agent", text)
		require.Equal(t, 204, got.status, got.body)
	}
	for i, in := range kept {
		text := strings.Repeat(string(rune('a'+i%26)), 20)
		require.Equal(t, []string{text, text, text, text, `["` + text + `"]`},
			[]string{in.Name, in.Q, in.Agent, in.Body.Text, string(in.Body.Raw)})
	}
}

func TestPanicEndsOnlyItsRequest(t *testing.T) {
	t.Parallel()
	api, log := newAPI(t)
	web.Handle(api, web.Operation{ID: "panic", Method: http.MethodGet, Path: "/panic", Access: web.Anyone},
		func(*fiber.Ctx, web.Empty) (web.Empty, error) { panic("secret in /etc/passwd") })
	web.Handle(api, web.Operation{ID: "fine", Method: http.MethodGet, Path: "/fine", Access: web.Anyone},
		func(*fiber.Ctx, web.Empty) (string, error) { return "fine", nil })

	got := call(t, api, http.MethodGet, "/panic", "")
	require.Equal(t, 500, got.status)
	require.Equal(t, "internal", got.problem.Code)
	require.NotContains(t, got.body, "secret")
	require.Contains(t, log.String(), "secret in /etc/passwd")
	require.Contains(t, log.String(), got.problem.RequestID)
	require.Equal(t, 200, call(t, api, http.MethodGet, "/fine", "").status)
}

// newTimedAPI returns an API whose operations answer how much time they have.
func newTimedAPI(t *testing.T) *web.API {
	t.Helper()
	api, _ := newAPI(t)
	left := func(c *fiber.Ctx, _ web.Empty) (time.Duration, error) {
		deadline, ok := c.UserContext().Deadline()
		if !ok {
			return 0, errors.New("no deadline")
		}
		return time.Until(deadline), nil
	}
	web.Handle(api, web.Operation{ID: "usual", Method: http.MethodGet, Path: "/usual", Access: web.Anyone}, left)
	web.Handle(api, web.Operation{
		ID: "longer", Method: http.MethodGet, Path: "/longer", Access: web.Anyone, Deadline: time.Hour,
	}, left)
	return api
}

func TestContextHasADeadline(t *testing.T) {
	t.Parallel()
	api := newTimedAPI(t)

	for path, want := range map[string][2]time.Duration{
		"/usual":  {time.Second, web.DefaultDeadline},
		"/longer": {web.DefaultDeadline, time.Hour},
	} {
		var left time.Duration
		require.NoError(t, json.Unmarshal([]byte(call(t, api, http.MethodGet, path, "").body), &left), path)
		require.Greater(t, left, want[0], path)
		require.LessOrEqual(t, left, want[1], path)
	}
}

// Who does not wait so long shortens a deadline, and nobody lengthens it.
func TestSenderShortensTheDeadline(t *testing.T) {
	t.Parallel()
	api := newTimedAPI(t)

	for value, want := range map[string]time.Duration{
		"0ms": 0, "1500ms": 1500 * time.Millisecond, "90000ms": web.DefaultDeadline,
		"": web.DefaultDeadline, "1500": web.DefaultDeadline, "-1ms": web.DefaultDeadline, "1.5ms": web.DefaultDeadline,
		"99999999999999999999ms": web.DefaultDeadline,
	} {
		var left time.Duration
		require.NoError(t, json.Unmarshal([]byte(call(t, api, http.MethodGet, "/usual", "", web.HeaderTimeout, value).body), &left), value)
		require.LessOrEqual(t, left, want, value)
		require.Greater(t, left, want-5*time.Second, value)
	}
	var left time.Duration
	require.NoError(t, json.Unmarshal([]byte(call(t, api, http.MethodGet, "/longer", "", web.HeaderTimeout, "60000ms").body), &left))
	require.LessOrEqual(t, left, time.Minute)
	require.Greater(t, left, web.DefaultDeadline)
}

func TestFailuresOfHandlers(t *testing.T) {
	t.Parallel()
	throttled := errs.New(errs.Throttled, "rate_limited", "Too many requests")
	conflict := errs.New(errs.Conflict, "sku_taken", "SKU already in use")

	for name, tt := range map[string]struct {
		err    error
		status int
		code   string
		retry  string
		logged bool
	}{
		"Declared":     {fmt.Errorf("create: %w", conflict.Because("Another has it.")), 409, "sku_taken", "", false},
		"Unknown":      {errors.New("pq: secret relation"), 500, "internal", "", true},
		"Deadline":     {fmt.Errorf("query: %w", context.DeadlineExceeded), 504, "upstream_timeout", "", true},
		"Canceled":     {context.Canceled, 503, "dependency_unavailable", "1", true},
		"Unavailable":  {web.ErrUnavailable.After(90 * time.Second), 503, "dependency_unavailable", "90", true},
		"Throttled":    {throttled.After(1500 * time.Millisecond), 429, "rate_limited", "2", false},
		"ThrottledNow": {throttled, 429, "rate_limited", "1", false},
		"Stale":        {errs.New(errs.Stale, "version_conflict", "Changed since"), 412, "version_conflict", "", false},
		"OwnStatus":    {errs.New(errs.Invalid, "precondition_required", "Needs If-Match"), 428, "precondition_required", "", false},
		"FiberError":   {fiber.NewError(fiber.StatusTeapot, "secret"), 500, "internal", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, log := newAPI(t)
			web.Handle(api, web.Operation{ID: "fail", Method: http.MethodGet, Path: "/fail", Access: web.Anyone},
				func(*fiber.Ctx, web.Empty) (web.Empty, error) { return web.Empty{}, tt.err })

			got := call(t, api, http.MethodGet, "/fail?token=secret", "")
			require.Equal(t, tt.status, got.status)
			require.Equal(t, tt.code, got.problem.Code)
			require.Equal(t, "/fail", got.problem.Instance)
			require.Equal(t, tt.retry, got.header.Get("Retry-After"))
			require.NotContains(t, got.body, "secret")
			if tt.logged {
				require.Equal(t, 1, strings.Count(log.String(), "request failed"))
				require.Contains(t, log.String(), `"route":"/fail"`)
			} else {
				require.NotContains(t, log.String(), "request failed")
			}
		})
	}
}

func TestNothingSentIsEverRepeated(t *testing.T) {
	t.Parallel()
	api, log := newAPI(t)
	web.Handle(api, web.Operation{ID: "login", Method: http.MethodPost, Path: "/login", Access: web.Anyone},
		func(_ *fiber.Ctx, _ struct {
			Body struct {
				Password string `json:"password" minLength:"50" format:"email"`
				Kind     string `json:"kind" enum:"a,b"`
				Count    int    `json:"count"`
			}
		},
		) (web.Empty, error) {
			return web.Empty{}, errors.New("unreached")
		})

	for _, body := range []string{
		`{"password":"s3cret","kind":"s3cret","count":"s3cret"}`,
		`{"password":"s3cret"`,
		`{"password":"s3cret\ud800"}`,
		`s3cret`,
		`["s3cret"]`,
	} {
		got := call(t, api, http.MethodPost, "/login?token=s3cret", body,
			"Content-Type", "application/json", "Authorization", "Bearer s3cret", "Cookie", "s3cret", "X-Request-Id", "s3cret\"")
		require.GreaterOrEqual(t, got.status, 400)
		require.NotContains(t, got.body, "s3cret")
		require.NotContains(t, fmt.Sprint(got.header), "s3cret")
	}
	got := call(t, api, http.MethodPost, "/login", `{}`, "Content-Type", "s3cret/s3cret", "Content-Encoding", "s3cret")
	require.NotContains(t, got.body, "s3cret")
	require.NotContains(t, log.String(), "s3cret")
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	api, log := newAPI(t)
	web.Handle(api, web.Operation{ID: "id", Method: http.MethodGet, Path: "/id", Access: web.Anyone},
		func(c *fiber.Ctx, _ web.Empty) (string, error) { return web.RequestID(c.UserContext()), nil })

	for sent, taken := range map[string]bool{
		"abc-DEF_1.2":            true,
		strings.Repeat("a", 128): true,
		strings.Repeat("a", 129): false,
		"a b":                    false,
		"a\"b":                   false,
		"é":                      false,
		"":                       false,
	} {
		got := call(t, api, http.MethodGet, "/id", "", "X-Request-Id", sent)
		id := got.header.Get("X-Request-Id")
		require.Equal(t, `"`+id+`"`, got.body)
		require.Contains(t, log.String(), `"request_id":"`+id+`"`)
		if taken {
			require.Equal(t, sent, id)
		} else {
			require.Len(t, id, 36)
		}
	}
}

func TestAccessLogNamesTheRouteOnly(t *testing.T) {
	t.Parallel()
	api, log := newAPI(t)
	web.Handle(api, web.Operation{ID: "get", Method: http.MethodGet, Path: "/things/{id}", Access: web.Anyone},
		func(*fiber.Ctx, struct {
			ID string `path:"id"`
		},
		) (web.Empty, error) {
			return web.Empty{}, nil
		})

	call(t, api, http.MethodGet, "/things/s3cret?q=s3cret", "", "Authorization", "s3cret")
	call(t, api, http.MethodGet, "/s3cret", "")
	require.NotContains(t, log.String(), "s3cret")
	require.Contains(t, log.String(), `"method":"GET","route":"/things/:id","status":204`)
	require.Contains(t, log.String(), `"method":"GET","route":"none","status":404`)
}

func TestInstanceIsAValidReference(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)

	got := call(t, api, http.MethodGet, "/caf%C3%A9/%3Cb%3E?q=1", "")
	require.Equal(t, "/caf%C3%A9/%3Cb%3E", got.problem.Instance)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)
	open := func(id string) web.Operation {
		return web.Operation{ID: id, Method: http.MethodGet, Path: "/" + id, Access: web.Anyone}
	}
	web.Handle(api, open("list"), func(*fiber.Ctx, web.Empty) (struct {
		Items []string `json:"items"`
	}, error,
	) {
		return struct {
			Items []string `json:"items"`
		}{}, nil
	})
	web.Handle(api, open("raw"), func(c *fiber.Ctx, _ web.Empty) (web.Raw[thing], error) {
		c.Set("ETag", `"1"`)
		return web.Raw[thing]{JSON: []byte(`{"price":1.50}`)}, nil
	})
	web.Handle(api, open("unchanged"), func(c *fiber.Ctx, _ web.Empty) (web.Raw[thing], error) {
		c.Status(http.StatusNotModified)
		return web.Raw[thing]{}, nil
	})

	got := call(t, api, http.MethodGet, "/list", "")
	require.JSONEq(t, `{"items":[]}`, got.body)
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	require.Empty(t, got.header.Get("Server"))

	got = call(t, api, http.MethodGet, "/raw", "")
	require.Equal(t, `{"price":1.50}`, got.body)
	require.Equal(t, `"1"`, got.header.Get("ETag"))

	got = call(t, api, http.MethodHead, "/raw", "")
	require.Equal(t, 200, got.status)
	require.Empty(t, got.body)
	require.Equal(t, "14", got.header.Get("Content-Length"))

	got = call(t, api, http.MethodGet, "/unchanged", "")
	require.Equal(t, 304, got.status)
	require.Empty(t, got.body)
	require.Empty(t, got.header.Get("Content-Type"))
}

func TestProblemIsBounded(t *testing.T) {
	t.Parallel()

	p := web.NewProblem(errs.ErrValidation.At(make([]errs.Field, 1000)...), "/things", "id")
	require.Len(t, p.Errors, 100)
	require.Equal(t, 422, p.Status)
}
