package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var refusalChecks = map[string]check{
	"ChecksHaveTheirOrder":   checksHaveTheirOrder,
	"UnknownRoutesAreFound":  unknownRoutes,
	"MethodsAreRefused":      methodsAreRefused,
	"JSONIsStrict":           jsonIsStrict,
	"BodiesAreBounded":       bodiesAreBounded,
	"MediaTypesAreExact":     mediaTypesAreExact,
	"NothingIsEchoed":        nothingIsEchoed,
	"RequestIDsAreWellKnown": requestIDs,
}

// checksHaveTheirOrder breaks one request in ever fewer ways: each time the
// first rule that is broken answers.
func checksHaveTheirOrder(t *testing.T, w *world) {
	_, user := w.user(t)
	taken, p := w.product(t, nil), w.product(t, nil)
	admin, path := w.admin(t), p.path()
	const text, json = "text/plain", "application/json"
	large := strings.Repeat(" ", 1<<20) + "{"
	for name, tt := range map[string]struct {
		as           client
		method, path string
		media, body  string
		status       int
		code         string
		places       []string
	}{
		"01 Route":      {w.as("bad"), "PUT", "/api/v1/nothing/here", text, large, 404, "not_found", nil},
		"02 Method":     {w.as("bad"), "POST", path, text, large, 405, "method_not_allowed", nil},
		"03 Size":       {w.as("bad"), "PUT", path, json, large, 413, "body_too_large", nil},
		"04 MediaType":  {w.as("bad"), "PUT", path, text, "{", 415, "unsupported_media_type", nil},
		"05 Token":      {w.as("bad"), "PUT", path, json, "{", 401, "invalid_token", nil},
		"06 NoToken":    {w.anyone(), "PUT", path, json, "{", 401, "unauthenticated", nil},
		"07 Permission": {user, "PUT", path, json, "{", 403, "permission_denied", nil},
		"08 Syntax":     {admin, "PUT", productsPath + "/x", json, "{", 400, "malformed_json", nil},
		"09 Validation": {admin, "PUT", productsPath + "/x", json, `{"stock":-1}`, 422, "validation_failed", []string{"/stock", "id"}},
		"10 Fields":     {admin, "PUT", productsPath + "/" + nowhere, json, `{"stock":-1}`, 422, "validation_failed", []string{"/stock"}},
		"11 Existence":  {admin, "PUT", productsPath + "/" + nowhere, json, `{"sku":"` + taken.SKU + `"}`, 404, "not_found", nil},
		"12 State":      {admin, "PUT", path, json, `{"sku":"` + taken.SKU + `"}`, 409, "sku_taken", []string{"/sku"}},
		"13 Fine":       {admin, "PUT", path, json, `{"stock":1}`, 200, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := tt.as.request(t, tt.method, tt.path, tt.body)
			req.Header.Set("Content-Type", tt.media)
			res := tt.as.do(t, req)
			if tt.status == http.StatusOK {
				res.want(http.StatusOK)
				return
			}
			res.refused(tt.status, tt.code, tt.places...)
		})
	}
}

func unknownRoutes(t *testing.T, w *world) {
	for _, path := range []string{"/nothing", "/api", "/api/v1", "/api/v2/products", "/api/v1/products/" + nowhere + "/x", "/api/v1/internal", "/internal/v1/head", "/livez", "/readyz", "/metrics", "/api/v1/Products"} {
		p := w.anyone().get(t, path).refused(http.StatusNotFound, "not_found")
		require.Equal(t, path, p.Instance)
	}
}

func methodsAreRefused(t *testing.T, w *world) {
	for path, allow := range map[string][]string{
		productsPath: {"GET", "HEAD", "POST"}, productsPath + "/" + nowhere: {"DELETE", "GET", "HEAD", "PUT"},
		loginPath: {"POST"}, mePath: {"GET", "HEAD"}, "/health": {"GET", "HEAD"},
	} {
		res := w.anyone().send(t, http.MethodPatch, path, nil)
		res.refused(http.StatusMethodNotAllowed, "method_not_allowed")
		require.ElementsMatch(t, allow, strings.Split(res.Header.Get("Allow"), ", "), path)
	}
	p := w.product(t, nil)
	head := w.anyone().send(t, http.MethodHead, p.path(), nil).want(http.StatusOK)
	require.Empty(t, head.body)
	require.NotEmpty(t, head.Header.Get("ETag"))
}

func jsonIsStrict(t *testing.T, w *world) {
	admin := w.admin(t)
	for name, body := range map[string]string{
		"Empty": ``, "Cut": `{"name":`, "TwoValues": `{} {}`, "Trailing": `{}x`, "Duplicate": `{"name":"a","name":"b"}`,
		"Comment": `{/**/}`, "SingleQuotes": `{'name':1}`, "NaN": `{"price":NaN}`, "LoneSurrogate": `{"name":"\ud800"}`,
		"NotUTF8": "{\"name\":\"\xff\"}", "ControlCharacter": "{\"name\":\"\x01\"}", "Deep": strings.Repeat(`{"a":`, 64) + `1` + strings.Repeat(`}`, 64),
		"LeadingZero": `{"price":01}`, "Plus": `{"price":+1}`,
	} {
		res := admin.post(t, productsPath, body)
		require.Equal(t, http.StatusBadRequest, res.StatusCode, "%s: %s", name, res)
		require.Equal(t, "malformed_json", res.problem().Code, name)
	}
	// A name in another letter case is another name.
	admin.post(t, productsPath, `{"Name":"a","SKU":"b","price":1}`).invalid("/Name", "/SKU", "/name", "/sku")
	admin.post(t, productsPath, `{"name":"a","\u017fku":"b","price":1}`).invalid("/\u017fku", "/sku")
	admin.post(t, productsPath, `{"name":"a","sku":"b","price":1,"a/b~c":1}`).invalid("/a~1b~0c")
}

func bodiesAreBounded(t *testing.T, w *world) {
	admin := w.admin(t)
	fits := `{"name":"Fits","sku":"` + unique("F") + `","price":1}`
	fits += strings.Repeat(" ", 1<<20-len(fits))
	admin.post(t, productsPath, fits).want(http.StatusCreated)
	admin.post(t, productsPath, fits+" ").refused(http.StatusRequestEntityTooLarge, "body_too_large")
	// Its length is not told beforehand.
	req := admin.request(t, http.MethodPost, productsPath, fits+" ")
	req.ContentLength = -1
	admin.do(t, req).refused(http.StatusRequestEntityTooLarge, "body_too_large")
}

func mediaTypesAreExact(t *testing.T, w *world) {
	admin := w.admin(t)
	for media, status := range map[string]int{
		"": 415, "text/json": 415, "application/xml": 415, "application/x-www-form-urlencoded": 415, "multipart/form-data; boundary=x": 415,
		"application/jsonx": 415, "application/json": 201, "Application/JSON; charset=utf-8": 201,
	} {
		req := admin.request(t, http.MethodPost, productsPath, draft(nil))
		req.Header.Set("Content-Type", media)
		if media == "" {
			req.Header.Del("Content-Type")
		}
		res := admin.do(t, req)
		require.Equal(t, status, res.StatusCode, "%q: %s", media, res)
	}
	for _, encoding := range []string{"gzip", "identity", "br"} {
		req := admin.request(t, http.MethodPost, productsPath, draft(nil))
		req.Header.Set("Content-Encoding", encoding)
		admin.do(t, req).refused(http.StatusUnsupportedMediaType, "unsupported_media_type")
	}
}

func nothingIsEchoed(t *testing.T, w *world) {
	secret := unique("hush")
	for _, res := range []answer{
		w.anyone().post(t, registerPath, fields{"email": secret, "username": "x", "password": secret}),
		w.anyone().post(t, jsonPath, fields{"username": "nobody", "password": secret}),
		w.anyone().post(t, jsonPath, `{"password":"`+secret),
		w.anyone().get(t, productsPath+"?page="+secret),
		w.as(secret).get(t, mePath),
		w.admin(t).post(t, productsPath, fields{"price": secret}),
		w.anyone().post(t, refreshPath, fields{"refresh_token": secret}),
	} {
		require.GreaterOrEqual(t, res.StatusCode, 400)
		require.NotContains(t, string(res.body), secret, res.Request.URL.Path)
	}
}

func requestIDs(t *testing.T, w *world) {
	for sent, kept := range map[string]bool{"my-id_1.2": true, "": false, "has blank": false, strings.Repeat("x", 129): false, "<script>": false} {
		req := w.anyone().request(t, http.MethodGet, productsPath+"/"+nowhere, nil)
		req.Header.Set("X-Request-Id", sent)
		got := w.anyone().do(t, req).want(http.StatusNotFound).Header.Get("X-Request-Id")
		require.Equal(t, kept, got == sent, sent)
	}
}
