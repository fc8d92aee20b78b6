package web_test

import (
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/pkg/web"
)

var errThingMissing = errs.New(errs.NotFound, "not_found", "Thing not found")

// guarded returns an API with PUT /things/{id} for admins, which finds nothing.
func guarded(t *testing.T) *web.API {
	t.Helper()
	api, _ := newAPI(t)
	web.Handle(api, web.Operation{
		ID: "putThing", Method: http.MethodPut, Path: "/things/{id}",
		Access: web.Permit("things.write"), Errors: []*errs.Error{errThingMissing},
	}, func(_ *fiber.Ctx, _ struct {
		ID   web.ID `path:"id"`
		Page int    `query:"page" minimum:"1"`
		Body struct {
			Name string `json:"name"`
		}
	},
	) (web.Empty, error) {
		return web.Empty{}, errThingMissing
	})
	return api
}

// Each case has the fault it is named for and every fault that is checked later.
func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	api := guarded(t)

	for name, tt := range map[string]struct {
		method, target, body string
		headers              []string
		status               int
		code                 string
	}{
		"Route": {
			http.MethodPut, "/nowhere?page=0", "{",
			[]string{"Content-Encoding", "gzip", "Content-Type", "text/xml"},
			404, "not_found",
		},
		"Method": {
			http.MethodPatch, "/things/x?page=0", "{",
			[]string{"Content-Encoding", "gzip", "Content-Type", "text/xml"},
			405, "method_not_allowed",
		},
		"Encoding": {
			http.MethodPut, "/things/x?page=0", "{",
			[]string{"Content-Encoding", "gzip", "Content-Type", "application/json"},
			415, "unsupported_media_type",
		},
		"MediaType": {
			http.MethodPut, "/things/x?page=0", "{",
			[]string{"Content-Type", "text/xml"},
			415, "unsupported_media_type",
		},
		"URL": {
			http.MethodPut, "/things/x?page=%zz", "{",
			[]string{"Content-Type", "application/json"},
			400, "malformed_request",
		},
		"NoToken": {
			http.MethodPut, "/things/x?page=0", "{",
			[]string{"Content-Type", "application/json"},
			401, "unauthenticated",
		},
		"BadToken": {
			http.MethodPut, "/things/x?page=0", "{",
			[]string{"Content-Type", "application/json", "Authorization", "Bearer x"},
			401, "invalid_token",
		},
		"Permission": {
			http.MethodPut, "/things/x?page=0", "{",
			[]string{"Content-Type", "application/json", "Authorization", "Bearer user"},
			403, "permission_denied",
		},
		"Syntax": {
			http.MethodPut, "/things/x?page=0", "{",
			[]string{"Content-Type", "application/json", "Authorization", "Bearer admin"},
			400, "malformed_json",
		},
		"Validation": {
			http.MethodPut, "/things/x?page=0", "{}",
			[]string{"Content-Type", "application/json", "Authorization", "Bearer admin"},
			422, "validation_failed",
		},
		"Existence": {
			http.MethodPut, "/things/" + someID, `{"name":"n"}`,
			[]string{"Content-Type", "application/json", "Authorization", "Bearer admin"},
			404, "not_found",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := call(t, api, tt.method, tt.target, tt.body, tt.headers...)
			require.Equal(t, tt.status, got.status, got.body)
			require.Equal(t, tt.code, got.problem.Code)
			require.Equal(t, tt.status, got.problem.Status)
			require.Equal(t, "/problems/"+tt.code, got.problem.Type)
			require.Equal(t, web.ProblemContentType, got.header.Get("Content-Type"))
			require.Equal(t, got.header.Get("X-Request-Id"), got.problem.RequestID)
		})
	}
}

func TestEveryInvalidFieldInOneAnswer(t *testing.T) {
	t.Parallel()

	got := call(t, guarded(t), http.MethodPut, "/things/x?page=0", `{"nome":1}`,
		"Content-Type", "application/json", "Authorization", "Bearer admin")
	require.Equal(t, map[string]string{
		"id": "invalid", "page": "out_of_range", "/name": "required", "/nome": "unknown",
	}, got.codes())
}

func TestChallengeSpeaksOfATokenOnlyIfOneWasSent(t *testing.T) {
	t.Parallel()
	api := guarded(t)

	for auth, want := range map[string]string{"": "Bearer", "Bearer x": `Bearer error="invalid_token"`} {
		headers := []string{"Content-Type", "application/json"}
		if auth != "" {
			headers = append(headers, "Authorization", auth)
		}
		got := call(t, api, http.MethodPut, "/things/"+someID, "{}", headers...)
		require.Equal(t, 401, got.status)
		require.Equal(t, want, got.header.Get("WWW-Authenticate"))
	}
}

func TestGateSeesEveryAuthorization(t *testing.T) {
	t.Parallel()

	got := call(t, guarded(t), http.MethodPut, "/things/"+someID, "{}",
		"Content-Type", "application/json", "Authorization", "Bearer admin", "Authorization", "Bearer user")
	require.Equal(t, 401, got.status)
}

func TestMethodNotAllowedNamesThoseThatAre(t *testing.T) {
	t.Parallel()
	api := guarded(t)
	web.Handle(api, web.Operation{ID: "getThing", Method: http.MethodGet, Path: "/things/{id}", Access: web.Anyone},
		func(_ *fiber.Ctx, _ struct {
			ID web.ID `path:"id"`
		},
		) (web.Empty, error) {
			return web.Empty{}, nil
		})

	for _, method := range []string{http.MethodDelete, http.MethodOptions, "BREW"} {
		got := call(t, api, method, "/things/"+someID, "")
		require.Equal(t, 405, got.status, method)
		require.Equal(t, "GET, HEAD, PUT", got.header.Get("Allow"), method)
		require.Equal(t, "method_not_allowed", got.problem.Code, method)
	}
	require.Equal(t, 404, call(t, api, "BREW", "/tea", "").status)
}

func TestSelfNeedsNoPermission(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)
	web.Handle(api, web.Operation{
		ID: "account", Method: http.MethodGet, Path: "/users/{id}", Access: web.PermitOrSelf("users.read", "id"),
	}, func(c *fiber.Ctx, _ struct {
		ID web.ID `path:"id"`
	},
	) (string, error) {
		return c.UserContext().Value(callerKey{}).(string), nil
	})

	got := call(t, api, http.MethodGet, "/users/"+someID, "", "Authorization", "Bearer user")
	require.Equal(t, 200, got.status)
	require.Equal(t, `"user"`, got.body, "the handler knows the caller")

	other := "00000000-0000-4000-8000-000000000000"
	require.Equal(t, 403, call(t, api, http.MethodGet, "/users/"+other, "", "Authorization", "Bearer user").status)
	require.Equal(t, 200, call(t, api, http.MethodGet, "/users/"+other, "", "Authorization", "Bearer admin").status)
}
