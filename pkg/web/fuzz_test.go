package web_test

import (
	"bufio"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/pkg/web"
)

// handler runs api as its server does, without a connection.
func handler(api *web.API) fasthttp.RequestHandler {
	api.App().Handler() // which makes it ready
	return api.App().Server().Handler
}

// ask lets handle answer a POST.
func ask(handle fasthttp.RequestHandler, path, media string, body []byte) (status int, answer []byte) {
	var (
		ctx fasthttp.RequestCtx
		req fasthttp.Request
	)
	req.Header.SetMethod(http.MethodPost)
	req.SetRequestURI(path)
	req.Header.SetContentType(media)
	req.SetBody(body)
	ctx.Init(&req, nil, nil)
	handle(&ctx)
	return ctx.Response.StatusCode(), ctx.Response.Body()
}

// What is taken as JSON is JSON to everybody, and says the same to encoding/json.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"name":"a","stock":3,"lines":[{"sku":"b","count":1e0}]}`, `{"name":"a","name":"b"}`, `{"Name":"a"}`, `{"name":"\ud800"}`, `{"name":"\u0000"}`,
		`{"name":"a"}{}`, `{"name":null,"description":null}`, `[`, "{\"name\":\"\xff\"}", `{"name":"a","weight":1e400,"price":"-1"}`, strings.Repeat("[", 40),
	} {
		f.Add([]byte(seed))
	}
	handle := handler(echo[thing](f))
	f.Fuzz(func(t *testing.T, body []byte) {
		status, answer := ask(handle, "/echo", "application/json", body)
		require.Contains(t, []int{200, 400, 422}, status, "%s", answer)
		if !json.Valid(body) {
			require.Equal(t, 400, status)
		}
		if status != http.StatusOK {
			return
		}
		var sent, got struct {
			Name  string `json:"name"`
			Stock int32  `json:"stock"`
			Open  bool   `json:"open"`
		}
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(body, &members))
		for name := range members {
			require.Equal(t, strings.ToLower(name), name, "names are taken to the letter")
		}
		require.NoError(t, json.Unmarshal(answer, &got))
		if err := json.Unmarshal(body, &sent); err == nil { // it takes no 1e0 for an integer
			require.Equal(t, sent, got)
		}
	})
}

// What is taken as a form says the same to net/url, and only its media type opens.
func FuzzForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("username=a&password=b"))
	f.Add("application/x-www-form-urlencoded; charset=UTF-8", []byte("username=a&username=b&password=%zz"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\na\r\n--x--\r\n"))
	f.Add("multipart/form-data; boundary=\"\"", []byte("username=a;password=b"))
	handle := handler(forms(f))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		status, answer := ask(handle, "/login", media, body)
		require.Contains(t, []int{200, 400, 415, 422}, status, "%s", answer)
		if status != http.StatusOK || len(body) == 0 {
			return
		}
		is, _, err := mime.ParseMediaType(media)
		require.NoError(t, err)
		require.Contains(t, []string{"application/x-www-form-urlencoded", "multipart/form-data"}, is)
		if is == "application/x-www-form-urlencoded" {
			values, err := url.ParseQuery(string(body))
			require.NoError(t, err)
			require.Len(t, values["username"], 1)
		}
	})
}

// Parameters say the same to net/url.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"text=a&page=2", "text=a+b%20c", "text=%ff", "text=a&text=b", "page=0x1", "text=a;page=2", "text=%zz", "&&=&text"} {
		f.Add(seed)
	}
	api, _ := newAPI(f)
	web.Handle(api, web.Operation{ID: "query", Method: http.MethodGet, Path: "/query", Access: web.Anyone},
		func(_ *fiber.Ctx, in struct {
			Text string `query:"text"`
			Page int64  `query:"page" default:"1" minimum:"1"`
		},
		) (string, error) {
			return in.Text, nil
		})
	handle := handler(api)
	f.Fuzz(func(t *testing.T, query string) {
		var ctx fasthttp.RequestCtx
		var req fasthttp.Request
		head := "GET /query?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n"
		if err := req.Header.Read(bufio.NewReaderSize(strings.NewReader(head), len(head)+16)); err != nil || strings.ContainsAny(query, " \r\n") {
			return
		}
		ctx.Init(&req, nil, nil)
		handle(&ctx)
		status := ctx.Response.StatusCode()
		require.Contains(t, []int{200, 400, 414, 422}, status, "%s", ctx.Response.Body())
		values, err := url.ParseQuery(query)
		if status != http.StatusOK || err != nil { // it refuses semicolons, which we take for text
			return
		}
		var got string
		require.NoError(t, json.Unmarshal(ctx.Response.Body(), &got))
		require.LessOrEqual(t, len(values["text"]), 1)
		require.Equal(t, values.Get("text"), got)
	})
}

// An id has one spelling, and is a UUID to others too.
func FuzzID(f *testing.F) {
	for _, seed := range []string{someID, strings.ToUpper(someID), "{" + someID + "}", "urn:uuid:" + someID, strings.ReplaceAll(someID, "-", "")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var id web.ID
		parsed, err := uuid.Parse(text)
		require.Equal(t, err == nil && parsed.String() == text, id.UnmarshalText([]byte(text)) == nil)
	})
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// The id of a request is fit for a line of the log.
func FuzzRequestID(f *testing.F) {
	f.Add("abc-1.2_3")
	f.Add("a\nb")
	f.Add(strings.Repeat("a", 129))
	f.Fuzz(func(t *testing.T, sent string) {
		id := web.UseRequestID(sent)
		require.Regexp(t, plainID, id)
		require.Equal(t, plainID.MatchString(sent) && !strings.HasSuffix(sent, "\n"), id == sent)
	})
}

// Versions are named by the tags that they have, and by nothing else.
func FuzzEntityTags(f *testing.F) {
	for _, seed := range []string{`"17"`, `W/"17"`, `"1", "2"`, `*`, `"017"`, `"17`, `, ,`, `"9223372036854775808"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		tags := web.EntityTags(header)
		for _, v := range web.ExpectedVersions(header) {
			require.GreaterOrEqual(t, v, int64(0))
			require.Contains(t, tags, web.ETag(v))
			require.True(t, web.AnyTagMatches(header, web.ETag(v)), "what matches strongly matches weakly")
		}
	})
}
