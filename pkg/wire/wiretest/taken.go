package wiretest

import (
	"strings"

	"stockroom/pkg/wire"
)

// request is one that is taken.
type request struct {
	bytes  string
	body   string // that arrives
	closes bool   // the connection ends after it
	stays  bool   // it need not get as far as what counts
}

func taken() map[string]request {
	all := map[string]request{}
	for name, bytes := range gets() {
		all[name] = request{bytes: bytes}
	}
	for name, bytes := range posts {
		all[name] = request{bytes: bytes, body: "ab"}
	}
	for name, bytes := range empties {
		all[name] = request{bytes: bytes}
	}
	for name, bytes := range lasts {
		all[name] = request{bytes: bytes, closes: true}
	}
	all["MethodUnknown"] = request{bytes: "BREW" + strings.TrimPrefix(get, "GET") + end, stays: true}
	all["MethodLowerCase"] = request{bytes: "get" + strings.TrimPrefix(get, "GET") + end, stays: true}
	return all
}

// gets are requests with nothing wrong about them, or nothing that matters.
func gets() map[string]string {
	line := func(n int) string { return strings.Repeat("a", n) }
	head := strings.NewReplacer("{get}", line(100), "{id}", line(100)).Replace(get) // longer than what stands for it
	return map[string]string{
		"Plain":               get + end,
		"LowerCaseNames":      "GET {get} HTTP/1.1\r\nhost: a\r\nx-request-id: {id}\r\n" + end,
		"NoSpaceAfterColon":   "GET {get} HTTP/1.1\r\nHost:a\r\nX-Request-Id:{id}\r\n" + end,
		"TabsAroundValue":     "GET {get} HTTP/1.1\r\nHost:\ta\t\r\nX-Request-Id: \t{id} \t\r\n" + end,
		"EmptyLinesBefore":    "\r\n\r\n" + get + end,
		"EmptyValue":          get + "X:\r\n" + end,
		"ValueLatin1":         get + "X: caf\xe9\r\n" + end,
		"NameWithTokens":      get + "!#$%&'*+-.^`|~: 1\r\n" + end,
		"HostPort":            "GET {get} HTTP/1.1\r\nHost: a:8000\r\nX-Request-Id: {id}\r\n" + end,
		"HostIPv4":            "GET {get} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nX-Request-Id: {id}\r\n" + end,
		"HostIPv6":            "GET {get} HTTP/1.1\r\nHost: [::1]:8000\r\nX-Request-Id: {id}\r\n" + end,
		"AbsoluteSameHost":    "GET http://A{get} HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\n" + end,
		"QueryOfBrowsers":     "GET {get}?name=caf\xc3\xa9&f=[\"x|y\"]/../z HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\n" + end,
		"QueryEmpty":          "GET {get}? HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\n" + end,
		"ConnectionNamesAll":  get + "Connection: X-Request-Id, Host, Authorization, Content-Length\r\n" + end,
		"ConnectionKeepAlive": get + "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n" + end,
		"TrailersWelcome":     get + "TE: trailers\r\n" + end,
		"OverridesIgnored":    get + "X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /x\r\nX-Rewrite-URL: /x\r\nX-Forwarded-Host: b\r\nForwarded: host=b\r\n" + end,
		"BodyOfGet":           get + "Content-Length: 2\r\n" + end + "ab",
		"BodyOfGetIsRequest":  get + "Content-Length: 4\r\n" + end + "GET ",
		"ChunkedGet":          get + "Transfer-Encoding: chunked\r\n" + end + "2\r\nab\r\n" + chunked,
		"Head":                "HEAD" + strings.TrimPrefix(get, "GET") + end,
		"HeadWithBody":        "HEAD" + strings.TrimPrefix(get, "GET") + "Content-Length: 2\r\n" + end + "ab",
		"KeepAliveHTTP10":     "GET {get} HTTP/1.0\r\nX-Request-Id: {id}\r\nConnection: keep-alive\r\n" + end,
		"LongTarget":          "GET {get}?" + line(wire.MaxURI-200) + " HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\n" + end,
		"LongHeader":          get + "X: " + line(wire.MaxHeaders-len(head)-100) + "\r\n" + end,
	}
}

// posts are requests with the body "ab".
var posts = map[string]string{
	"Length":              post + "Content-Length: 2\r\n" + end + "ab",
	"LengthZeros":         post + "Content-Length: 0000000002\r\n" + end + "ab",
	"LengthLowerCase":     post + "content-length:2\r\n" + end + "ab",
	"LengthHTTP10":        "POST {post} HTTP/1.0\r\nX-Request-Id: {id}\r\nContent-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: 2\r\n" + end + "ab",
	"Expect":              post + "Content-Length: 2\r\nExpect: 100-continue\r\n" + end + "ab",
	"ExpectLetterCase":    post + "Content-Length: 2\r\nExpect: 100-Continue\r\n" + end + "ab",
	"ExpectChunked":       post + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n" + end + "2\r\nab\r\n" + chunked,
	"ExpectHTTP10":        "POST {post} HTTP/1.0\r\nX-Request-Id: {id}\r\nContent-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: 2\r\nExpect: 100-continue\r\n" + end + "ab",
	"Chunk":               post + "Transfer-Encoding: chunked\r\n" + end + "2\r\nab\r\n" + chunked,
	"ChunkedUpperCase":    post + "Transfer-Encoding: CHUNKED\r\n" + end + "2\r\nab\r\n" + chunked,
	"Chunks":              post + "Transfer-Encoding: chunked\r\n" + end + "1\r\na\r\n1\r\nb\r\n" + chunked,
	"ChunkZeros":          post + "Transfer-Encoding: chunked\r\n" + end + "0002\r\nab\r\n0000\r\n\r\n",
	"ChunkExtension":      post + "Transfer-Encoding: chunked\r\n" + end + "2;a=b\r\nab\r\n" + chunked,
	"ChunkExtensionQuote": post + "Transfer-Encoding: chunked\r\n" + end + "2;a=\"5;0\"\r\nab\r\n0;x\r\n\r\n",
}

// empties are requests without a body that could have one.
var empties = map[string]string{
	"LengthZero":     post + "Content-Length: 0\r\n" + end,
	"LengthMissing":  post + end,
	"ChunkedEmpty":   post + "Transfer-Encoding: chunked\r\n" + end + chunked,
	"TypeIsNoLength": post + "X-Content-Length: 50\r\n" + end,
}

// lasts are requests that are the last ones of their connections.
var lasts = map[string]string{
	"Close":       get + "Connection: close\r\n" + end,
	"CloseCase":   get + "Connection: Close\r\n" + end,
	"CloseInList": get + "Connection: keep-alive, close\r\n" + end,
	"HTTP10":      "GET {get} HTTP/1.0\r\nX-Request-Id: {id}\r\n" + end,
	"HTTP10Host":  "GET {get} HTTP/1.0\r\nHost: a\r\nX-Request-Id: {id}\r\n" + end,
}
