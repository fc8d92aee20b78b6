package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
)

const someID = "01890a5d-ac96-774b-bcce-b302099a8057"

// gate knows the tokens "admin" and "user".
type gate struct{}

type callerKey struct{}

func (gate) Admit(ctx context.Context, auth []string, access web.Access, _ bool, param func(string) string) (context.Context, error) {
	if len(auth) == 0 {
		return nil, web.ErrUnauthenticated
	}
	caller, ok := strings.CutPrefix(auth[0], "Bearer ")
	if !ok || len(auth) > 1 || (caller != "admin" && caller != "user") {
		return nil, errs.New(errs.Unauthenticated, "invalid_token", "Invalid token")
	}
	if access.Permission != "" && caller != "admin" && (access.Self == "" || param(access.Self) != someID) {
		return nil, errs.New(errs.Forbidden, "permission_denied", "Permission denied")
	}
	return context.WithValue(ctx, callerKey{}, caller), nil
}

// logs is a log that tests read while it is written.
type logs struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// newAPI returns an API and what it logs.
func newAPI(t testing.TB) (*web.API, *logs) {
	t.Helper()
	out := new(logs)
	return web.New(web.Config{
		Title:   "Test",
		Version: "1.0.0",
		Gate:    gate{},
		Telemetry: telemetry.New(
			slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})), nil),
	}), out
}

// answer is what came back for a request.
type answer struct {
	status  int
	header  http.Header
	body    string
	problem web.Problem // if it is one
}

// codes returns the code of each field that the answer finds fault with, by
// pointer or parameter.
func (a answer) codes() map[string]string {
	codes := make(map[string]string)
	for _, f := range a.problem.Errors {
		codes[f.Pointer+f.Parameter] = f.Code
	}
	return codes
}

// call sends one request; headers come in pairs of name and value.
func call(t *testing.T, api *web.API, method, target, body string, headers ...string) answer {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	return send(t, api, req)
}

func send(t *testing.T, api *web.API, req *http.Request) answer {
	t.Helper()
	res, err := api.App().Test(req, -1)
	require.NoError(t, err)
	return read(t, res)
}

func read(t *testing.T, res *http.Response) answer {
	t.Helper()
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	a := answer{status: res.StatusCode, header: res.Header, body: string(body)}
	if res.Header.Get("Content-Type") == web.ProblemContentType && len(body) > 0 {
		require.NoError(t, json.Unmarshal(body, &a.problem))
	}
	return a
}

// echo registers POST /echo, which answers its body.
func echo[B any](t testing.TB) *web.API {
	t.Helper()
	api, _ := newAPI(t)
	web.Handle(api, web.Operation{ID: "echo", Method: http.MethodPost, Path: "/echo", Access: web.Anyone},
		func(_ *fiber.Ctx, in struct{ Body B }) (B, error) { return in.Body, nil })
	return api
}

// post sends body to the API of echo.
func post(t *testing.T, api *web.API, body string) answer {
	t.Helper()
	return call(t, api, http.MethodPost, "/echo", body, "Content-Type", "application/json")
}
