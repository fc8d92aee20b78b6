package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCreate(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	a := s.do(t, "POST", products, `{"id":"x","version":9,"created_at":null,"updated_at":[1],
		"name":" Lamp\u2028<b> ","description":null,"price":"5.5","sku":"A-1"}`)
	require.Equal(t, http.StatusCreated, a.Status, a.Text)
	id, _ := a.Body["id"].(string)
	require.Equal(t, products+"/"+id, a.Header.Get("Location"))
	require.Equal(t, `"1"`, a.Header.Get("ETag"))
	require.Equal(t, "1.1", a.Header.Get("Catalog-Seq"))
	require.Equal(t, `{"id":"`+id+`","name":"Lamp\u2028\u003cb\u003e","description":null,"price":5.50,"stock":0,"category":null,`+
		`"sku":"A-1","created_at":"2026-01-02T03:04:05.000000Z","updated_at":"2026-01-02T03:04:05.000000Z","version":1}`, a.Text)
	require.Equal(t, a.Text, s.as(t, "GET", a.Header.Get("Location"), "").Text)
	require.Contains(t, s.as(t, "GET", products, "").Text, a.Text)
}

func TestBodiesThatAreRefused(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	item := s.create(t, "A-1", "")
	for body, want := range map[string]map[string]string{
		`{"name":"","sku":" ","price":-1}`:                    {"/name": "too_short", "/sku": "too_short", "/price": "out_of_range"},
		`{"name":null,"sku":null,"price":null,"stock":null}`:  {"/name": "null", "/sku": "null", "/price": "null", "/stock": "null"},
		`{"name":1,"sku":[],"price":true,"stock":"1"}`:        {"/name": "type", "/sku": "type", "/price": "invalid", "/stock": "type"},
		`{"name":"n","sku":"s","price":19.999}`:               {"/price": "too_precise"},
		`{"name":"n","sku":"s","price":"19.999"}`:             {"/price": "too_precise"},
		`{"name":"n","sku":"s","price":1e2}`:                  {"/price": "invalid"},
		`{"name":"n","sku":"s","price":"1e2"}`:                {"/price": "invalid"},
		`{"name":"n","sku":"s","price":" 1"}`:                 {"/price": "invalid"},
		`{"name":"n","sku":"s","price":""}`:                   {"/price": "invalid"},
		`{"name":"n","sku":"s","price":"\u0031"}`:             {"/price": "invalid"},
		`{"name":"n","sku":"s","price":100000000}`:            {"/price": "out_of_range"},
		`{"name":"n","sku":"s","price":1,"stock":-1}`:         {"/stock": "out_of_range"},
		`{"name":"n","sku":"s","price":1,"stock":2147483648}`: {"/stock": "out_of_range"},
		`{"name":"n","sku":"s","price":1,"stock":1.5}`:        {"/stock": "type"},
		`{"name":"n","sku":"s","price":1,"colour":"red"}`:     {"/colour": "unknown"},
		`{"name":"n","sku":"s","price":1,"Stock":1}`:          {"/Stock": "unknown"},
		`{"name":"n\u0000","sku":"s","price":1}`:              {"/name": "invalid"},
		`{"name":"` + strings.Repeat("ß", 256) + `","sku":"` + strings.Repeat("s", 51) + `","price":1,"category":"` + strings.Repeat("c", 101) +
			`","description":"` + strings.Repeat("d", 65537) + `"}`: {"/name": "too_long", "/sku": "too_long", "/category": "too_long", "/description": "too_long"},
	} {
		for method, url := range map[string]string{"POST": products, "PUT": item} {
			a := s.do(t, method, url, body)
			a.refused(t, http.StatusUnprocessableEntity, "validation_failed")
			require.Equal(t, want, a.wrong(), body)
		}
	}
	a := s.do(t, "POST", products, `{"stock":-1,"x":1}`)
	require.Equal(t, map[string]string{
		"/name": "required", "/price": "required", "/sku": "required", "/stock": "out_of_range", "/x": "unknown",
	}, a.wrong())
	require.Len(t, s.store.Log(0), 1, "nothing of it was written")
}

func TestPartialUpdate(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	item := s.create(t, "A-1", `,"description":"d","category":"c","stock":3`)
	for _, step := range []struct{ body, want string }{
		{`{"price":7}`, `"description":"d","price":7.00,"stock":3,"category":"c"`},
		{`{"stock":0}`, `"description":"d","price":7.00,"stock":0,"category":"c"`},
		{`{"description":null}`, `"description":null,"price":7.00,"stock":0,"category":"c"`},
		{`{"category":null,"description":"e"}`, `"description":"e","price":7.00,"stock":0,"category":null`},
	} {
		a := s.do(t, "PUT", item, step.body)
		require.Equal(t, http.StatusOK, a.Status, a.Text)
		require.Contains(t, a.Text, step.want)
		require.Equal(t, a.Text, s.as(t, "GET", item, "").Text)
	}
	before := s.as(t, "GET", item, "")
	for _, body := range []string{`{}`, before.Text, `{"name":" Lamp A-1 ","price":"7.0"}`} {
		a := s.do(t, "PUT", item, body)
		require.Equal(t, http.StatusOK, a.Status, a.Text)
		require.Equal(t, before.Text, a.Text)
		require.Equal(t, `"5"`, a.Header.Get("ETag"))
		require.Equal(t, "1.5", a.Header.Get("Catalog-Seq"))
	}
	require.Len(t, s.store.Log(0), 5)
}

func TestConflicts(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	item, other := s.create(t, "A-1", ""), s.create(t, "B-2", "")
	a := s.do(t, "POST", products, `{"name":"n","sku":"A-1","price":1}`)
	a.refused(t, http.StatusConflict, "sku_taken")
	require.Equal(t, "SKU already in use", a.Body["title"])
	require.Equal(t, `Another product has the SKU "A-1".`, a.Body["detail"])
	require.Equal(t, map[string]string{"/sku": "taken"}, a.wrong())
	s.do(t, "PUT", other, `{"sku":"A-1"}`).refused(t, http.StatusConflict, "sku_taken")

	for _, header := range []string{`"7"`, `W/"1"`, `1`, `"01"`, `"1`, `"x", "y"`} {
		s.do(t, "PUT", item, `{"stock":1}`, "If-Match: "+header).refused(t, http.StatusPreconditionFailed, "version_conflict")
		s.do(t, "DELETE", item, "", "If-Match: "+header).refused(t, http.StatusPreconditionFailed, "version_conflict")
	}
	require.Equal(t, http.StatusOK, s.do(t, "PUT", item, `{"stock":1}`, `If-Match: "9", "1"`).Status)
	require.Equal(t, http.StatusOK, s.do(t, "PUT", item, `{"stock":2}`, `If-Match: *`).Status)
	require.Equal(t, http.StatusNoContent, s.do(t, "DELETE", item, "", `If-Match: "4"`).Status)
	for _, method := range []string{"PUT", "DELETE"} {
		s.do(t, method, item, map[bool]string{true: `{}`}[method == "PUT"], `If-Match: "7"`).refused(t, http.StatusNotFound, "not_found")
	}
}

func TestOrderOfChecks(t *testing.T) {
	t.Parallel()

	s := newServer(t)
	absent := products + "/00000000-0000-7000-8000-000000000001"
	user := "Authorization: Bearer user"
	for name, tt := range map[string]struct {
		got    answer
		status int
		code   string
	}{
		"MediaTypeBeforeToken":   {s.as(t, "POST", products, `{`, "Content-Type: text/plain"), 415, "unsupported_media_type"},
		"TokenBeforeSyntax":      {s.as(t, "POST", products, `{`), 401, "unauthenticated"},
		"PermissionBeforeSyntax": {s.as(t, "POST", products, `{`, user), 403, "permission_denied"},
		"PermissionToUpdate":     {s.as(t, "PUT", absent, `{`, user), 403, "permission_denied"},
		"PermissionToDelete":     {s.as(t, "DELETE", absent, "", user), 403, "permission_denied"},
		"SyntaxBeforeRules":      {s.do(t, "PUT", products+"/1", `{"name":}`), 400, "malformed_json"},
		"RulesBeforeExistence":   {s.do(t, "PUT", absent, `{"name":""}`), 422, "validation_failed"},
		"Existence":              {s.do(t, "PUT", absent, `{"name":"n"}`), 404, "not_found"},
		"DeleteOfNothing":        {s.do(t, "DELETE", absent, ""), 404, "not_found"},
		"DuplicateMember":        {s.do(t, "POST", products, `{"name":"a","name":"b"}`), 400, "malformed_json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			tt.got.refused(t, tt.status, tt.code)
		})
	}
}
