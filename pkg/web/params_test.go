package web_test

import (
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/pkg/web"
)

type paging struct {
	Page int `query:"page" json:"page" default:"1" minimum:"1" maximum:"100"`
}

type listing struct {
	paging
	Q       string               `query:"q" json:"q" minLength:"1" maxLength:"3"`
	InStock web.Optional[bool]   `query:"in_stock_only" json:"in_stock"`
	Sort    string               `query:"sort_by" json:"sort" default:"created_at" enum:"name,created_at"`
	Min     *float64             `query:"min" json:"min"`
	Owner   web.Optional[web.ID] `query:"owner" json:"owner"`
	Version uint8                `header:"X-Version" json:"version"`
}

// Validate finds fault with page 13.
func (l listing) Validate() error {
	if l.Page != 13 {
		return nil
	}
	return errs.Validation(errs.Field{Parameter: "page", Code: "unlucky"})
}

func listings(t *testing.T) *web.API {
	t.Helper()
	api, _ := newAPI(t)
	web.Handle(api, web.Operation{ID: "list", Method: http.MethodGet, Path: "/things", Access: web.Anyone},
		func(_ *fiber.Ctx, in listing) (listing, error) { return in, nil })
	return api
}

func TestParametersThatAreRefused(t *testing.T) {
	t.Parallel()
	api := listings(t)

	for name, tt := range map[string]struct {
		query string
		want  map[string]string
	}{
		"BelowRange":   {"page=0", map[string]string{"page": "out_of_range"}},
		"AboveRange":   {"page=101", map[string]string{"page": "out_of_range"}},
		"BeyondInt":    {"page=99999999999999999999", map[string]string{"page": "out_of_range"}},
		"NoInt":        {"page=1.0", map[string]string{"page": "type"}},
		"EmptyInt":     {"page=", map[string]string{"page": "type"}},
		"Repeated":     {"page=1&page=1", map[string]string{"page": "repeated"}},
		"Empty":        {"q=", map[string]string{"q": "too_short"}},
		"TooLong":      {"q=äöüß", map[string]string{"q": "too_long"}},
		"NotInEnum":    {"sort_by=price", map[string]string{"sort_by": "enum"}},
		"NoBool":       {"in_stock_only=maybe", map[string]string{"in_stock_only": "type"}},
		"NoFloat":      {"min=inf", map[string]string{"min": "type"}},
		"HexFloat":     {"min=0x1p4", map[string]string{"min": "type"}},
		"NoID":         {"owner=7", map[string]string{"owner": "invalid"}},
		"NUL":          {"q=a%00", map[string]string{"q": "invalid"}},
		"InvalidUTF8":  {"q=%ff", map[string]string{"q": "invalid"}},
		"Several":      {"q=&page=x", map[string]string{"q": "too_short", "page": "type"}},
		"RuleOfTheirs": {"page=13", map[string]string{"page": "unlucky"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := call(t, api, http.MethodGet, "/things?"+tt.query, "")
			require.Equal(t, 422, got.status, got.body)
			require.Equal(t, tt.want, got.codes())
		})
	}
}

func TestParametersThatAreTaken(t *testing.T) {
	t.Parallel()
	api := listings(t)

	const (
		none = `{"Value":false,"Set":false,"Null":false}`
		noID = `{"Value":"","Set":false,"Null":false}`
	)
	for name, tt := range map[string]struct{ query, want string }{
		"Defaults": {"", `{"page":1,"q":"","in_stock":` + none + `,"sort":"created_at","min":null,"owner":` + noID + `,"version":0}`},
		"All": {
			"?page=100&q=%2b+%C3%A9&in_stock_only=YES&sort_by=name&min=-1.5&owner=" + someID,
			`{"page":100,"q":"+ é","in_stock":{"Value":true,"Set":true,"Null":false},"sort":"name","min":-1.5,"owner":{"Value":"` + someID + `","Set":true,"Null":false},"version":0}`,
		},
		"Off":     {"?in_stock_only=off", `{"page":1,"q":"","in_stock":{"Value":false,"Set":true,"Null":false},"sort":"created_at","min":null,"owner":` + noID + `,"version":0}`},
		"Unknown": {"?x=1&x=2&y=%ff%00&;&Page=0", `{"page":1,"q":"","in_stock":` + none + `,"sort":"created_at","min":null,"owner":` + noID + `,"version":0}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := call(t, api, http.MethodGet, "/things"+tt.query, "")
			require.Equal(t, 200, got.status, got.body)
			require.Equal(t, tt.want, got.body)
		})
	}
}

func TestHeaderParameters(t *testing.T) {
	t.Parallel()
	api := listings(t)

	require.Contains(t, call(t, api, http.MethodGet, "/things", "", "X-Version", "7").body, `"version":7`)
	require.Equal(t, map[string]string{"X-Version": "out_of_range"},
		call(t, api, http.MethodGet, "/things", "", "X-Version", "256").codes())
	require.Equal(t, map[string]string{"X-Version": "repeated"},
		call(t, api, http.MethodGet, "/things", "", "X-Version", "1", "X-Version", "2").codes())
}

func TestURLThatCannotBeRead(t *testing.T) {
	t.Parallel()

	for _, query := range []string{"q=%", "q=%zz", "%zz=1", "unknown=%f"} {
		got := call(t, listings(t), http.MethodGet, "/things?"+query, "")
		require.Equal(t, 400, got.status, query)
		require.Equal(t, "malformed_request", got.problem.Code, query)
	}
}

func TestPathParameters(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)
	web.Handle(api, web.Operation{ID: "byName", Method: http.MethodGet, Path: "/names/{name}", Access: web.Anyone},
		func(_ *fiber.Ctx, in struct {
			Name string `path:"name"`
		},
		) (string, error) {
			return in.Name, nil
		})

	for path, want := range map[string]string{
		"/names/a.b-c:d": `"a.b-c:d"`,
		"/names/a+b%20":  `"a+b "`,
		"/names/%C3%A9":  `"é"`,
	} {
		require.Equal(t, want, call(t, api, http.MethodGet, path, "").body)
	}
	for path, want := range map[string]int{
		"/names/%00": 400,
		"/names/%ff": 422,
		"/names":     404,
		"/names/":    404,
		"/names/a/":  404,
		"/Names/a":   404,
		"//names/a":  400,
	} {
		require.Equal(t, want, call(t, api, http.MethodGet, path, "").status, path)
	}
}
