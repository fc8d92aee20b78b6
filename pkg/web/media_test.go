package web_test

import (
	"bytes"
	"compress/gzip"
	"mime/multipart"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/web"
)

// Not parallel: it measures the memory of the process.
func TestCompressedBodyIsNotInflated(t *testing.T) {
	api := echo[thing](t)
	var member bytes.Buffer
	zip := gzip.NewWriter(&member)
	_, err := zip.Write(make([]byte, 1<<20))
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	bomb := bytes.Repeat(member.Bytes(), 200) // members follow each other in one stream

	for _, encoding := range []string{"gzip", "deflate", "br", "zstd", "identity, gzip", "GZIP"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := call(t, api, http.MethodPost, "/echo", string(bomb),
			"Content-Type", "application/json", "Content-Encoding", encoding)
		runtime.ReadMemStats(&after)
		require.Equal(t, 415, got.status, encoding)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(20<<20), encoding)
	}
	got := call(t, api, http.MethodPost, "/echo", `{"name":"a"}`,
		"Content-Type", "application/json", "Content-Encoding", "identity", "Content-Encoding", "gzip")
	require.Equal(t, 415, got.status)
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	api := echo[thing](t)

	for media, want := range map[string]int{
		"application/json":                       200,
		"Application/JSON":                       200,
		"application/json; charset=utf-8":        200,
		`application/json;charset="UTF-8"`:       200,
		"application/json; charset=utf-16":       415,
		"application/json; charset=latin1":       415,
		"application/json;":                      200,
		"application/json; x":                    415,
		"application/json, text/xml":             415,
		"application/merge-patch+json":           415,
		"application/xml":                        415,
		"text/json":                              415,
		"text/plain":                             415,
		"application/x-www-form-urlencoded":      415,
		"multipart/form-data; boundary=x":        415,
		"application/jsonx":                      415,
		"":                                       415,
		"application/json; charset=a; charset=b": 415,
	} {
		got := call(t, api, http.MethodPost, "/echo", `{"name":"a"}`, "Content-Type", media)
		require.Equal(t, want, got.status, media)
	}
}

type loginForm struct {
	Username string               `json:"username" maxLength:"5"`
	Password string               `json:"password"`
	Scope    web.Optional[string] `json:"scope"`
	Remember bool                 `json:"remember,omitempty"`
}

func forms(t testing.TB) *web.API {
	t.Helper()
	api, _ := newAPI(t)
	web.Handle(api, web.Operation{
		ID: "login", Method: http.MethodPost, Path: "/login", Access: web.Anyone,
		MediaTypes: []string{"application/x-www-form-urlencoded", "multipart/form-data"},
	}, func(_ *fiber.Ctx, in struct{ Body loginForm }) (string, error) {
		return in.Body.Username + ":" + in.Body.Password + ":" + in.Body.Scope.Or("none"), nil
	})
	return api
}

func TestURLEncodedForm(t *testing.T) {
	t.Parallel()
	api := forms(t)

	for name, tt := range map[string]struct {
		body   string
		status int
		want   string
		codes  map[string]string
	}{
		"Plain":       {"username=a&password=%2b+&grant_type=password&remember=on", 200, `"a:+ :none"`, nil},
		"Scope":       {"username=a&password=b&scope=", 200, `"a:b:"`, nil},
		"Missing":     {"", 422, "", map[string]string{"/username": "required", "/password": "required"}},
		"Repeated":    {"username=a&password=b&password=c", 422, "", map[string]string{"/password": "repeated"}},
		"TooLong":     {"username=abcdef&password=b", 422, "", map[string]string{"/username": "too_long"}},
		"NoBool":      {"username=a&password=b&remember=x", 422, "", map[string]string{"/remember": "type"}},
		"NUL":         {"username=a%00&password=b", 422, "", map[string]string{"/username": "invalid"}},
		"InvalidUTF8": {"username=%ff&password=b", 422, "", map[string]string{"/username": "invalid"}},
		"BadEncoding": {"username=%f", 400, "", map[string]string{}},
		"TooMany":     {strings.Repeat("a=1&", 200), 400, "", map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := call(t, api, http.MethodPost, "/login", tt.body, "Content-Type", "application/x-www-form-urlencoded")
			require.Equal(t, tt.status, got.status, got.body)
			if tt.codes == nil {
				require.Equal(t, tt.want, got.body)
				return
			}
			require.Equal(t, tt.codes, got.codes())
		})
	}
}

func TestMultipartForm(t *testing.T) {
	t.Parallel()
	api := forms(t)

	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	require.NoError(t, form.WriteField("username", "a"))
	require.NoError(t, form.WriteField("password", "b c"))
	require.NoError(t, form.Close())
	got := call(t, api, http.MethodPost, "/login", body.String(), "Content-Type", form.FormDataContentType())
	require.Equal(t, 200, got.status, got.body)
	require.Equal(t, `"a:b c:none"`, got.body)

	got = call(t, api, http.MethodPost, "/login", body.String()[:40], "Content-Type", form.FormDataContentType())
	require.Equal(t, 400, got.status, "cut short")
	got = call(t, api, http.MethodPost, "/login", body.String(), "Content-Type", "multipart/form-data")
	require.Equal(t, 400, got.status, "no boundary")
}

func TestFilesAreNotFields(t *testing.T) {
	t.Parallel()

	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_, err := form.CreateFormFile("username", "a.txt")
	require.NoError(t, err)
	require.NoError(t, form.Close())
	got := call(t, forms(t), http.MethodPost, "/login", body.String(), "Content-Type", form.FormDataContentType())
	require.Equal(t, 400, got.status)
}
