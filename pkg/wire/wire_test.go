package wire_test

import (
	"bufio"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/pkg/wire"
)

// read takes in the head of a request as the server does, then as the gateway does.
func read(t *testing.T, head string) (wire.Target, error) {
	t.Helper()

	var h fasthttp.RequestHeader
	if err := h.Read(bufio.NewReaderSize(strings.NewReader(head), wire.MaxHead)); err != nil {
		return wire.Target{}, wire.ErrMalformed
	}
	target, err := wire.Check(&h)
	return wire.Target{Raw: append([]byte(nil), target.Raw...), Path: append([]byte(nil), target.Path...)}, err
}

func TestHeadsThatAreRefused(t *testing.T) {
	t.Parallel()

	const host = "Host: a\r\n"
	for name, head := range map[string]string{
		"LengthAndEncoding":      "POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
		"EncodingAndLength":      "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
		"IdentityEncoding":       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\nContent-Length: 4\r\n\r\n",
		"IdentityEncodingAlone":  "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n\r\n",
		"GzipEncoding":           "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n",
		"EncodingTwice":          "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
		"EncodingWithTab":        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: \x0bchunked\r\n\r\n",
		"EncodingInHTTP10":       "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n",
		"LengthTwice":            "POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nContent-Length: 4\r\n\r\n",
		"LengthList":             "POST / HTTP/1.1\r\n" + host + "Content-Length: 4, 4\r\n\r\n",
		"LengthSigned":           "POST / HTTP/1.1\r\n" + host + "Content-Length: +4\r\n\r\n",
		"LengthNegative":         "POST / HTTP/1.1\r\n" + host + "Content-Length: -4\r\n\r\n",
		"LengthHex":              "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x4\r\n\r\n",
		"LengthEmpty":            "POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n",
		"HostTwice":              "GET / HTTP/1.1\r\n" + host + host + "\r\n",
		"HostMissing":            "GET / HTTP/1.1\r\n\r\n",
		"ContentTypeTwice":       "POST / HTTP/1.1\r\n" + host + "Content-Type: a/b\r\nContent-Type: a/b\r\nContent-Length: 0\r\n\r\n",
		"FoldedHeader":           "GET / HTTP/1.1\r\n" + host + "X-A: 1\r\n 2\r\n\r\n",
		"FoldedWithTab":          "GET / HTTP/1.1\r\n" + host + "X-A: 1\r\n\t2\r\n\r\n",
		"FoldedEmptyLine":        "GET / HTTP/1.1\r\n" + host + "X-A: 1\r\n \r\n\r\n",
		"SpaceBeforeColon":       "GET / HTTP/1.1\r\n" + host + "X-A : 1\r\n\r\n",
		"SpaceInName":            "GET / HTTP/1.1\r\n" + host + "X A: 1\r\n\r\n",
		"SpaceInLengthName":      "POST / HTTP/1.1\r\n" + host + "Content Length: 4\r\n\r\n",
		"UnderscoreInName":       "GET / HTTP/1.1\r\n" + host + "X_User_Id: 1\r\n\r\n",
		"UnderscoreLength":       "POST / HTTP/1.1\r\n" + host + "Content_Length: 4\r\n\r\n",
		"EmptyName":              "GET / HTTP/1.1\r\n" + host + ": 1\r\n\r\n",
		"NoColon":                "GET / HTTP/1.1\r\n" + host + "X-A\r\n\r\n",
		"BraceInName":            "GET / HTTP/1.1\r\n" + host + "X{A}: 1\r\n\r\n",
		"NulInName":              "GET / HTTP/1.1\r\n" + host + "X\x00A: 1\r\n\r\n",
		"NulInValue":             "GET / HTTP/1.1\r\n" + host + "X-A: 1\x002\r\n\r\n",
		"ReturnInValue":          "GET / HTTP/1.1\r\n" + host + "X-A: 1\rX-B: 2\r\n\r\n",
		"BareNewline":            "GET / HTTP/1.1\r\n" + host + "X-A: 1\nX-B: 2\r\n\r\n",
		"BareNewlines":           "GET / HTTP/1.1\r\n" + host + "X-A: 1\n\n\r\n\r\n",
		"BareNewlineEnd":         "GET / HTTP/1.1\r\n" + host + "\n\r\n\r\n",
		"LeadingSpaceHeader":     "GET / HTTP/1.1\r\n X-A: 1\r\n" + host + "\r\n",
		"HTTP12":                 "GET / HTTP/1.2\r\n" + host + "\r\n",
		"HTTP20":                 "GET / HTTP/2.0\r\n" + host + "\r\n",
		"HTTP09":                 "GET /\r\n",
		"HTTPLower":              "GET / http/1.1\r\n" + host + "\r\n",
		"Trace":                  "TRACE / HTTP/1.1\r\n" + host + "\r\n",
		"Connect":                "CONNECT a:443 HTTP/1.1\r\n" + host + "\r\n",
		"ConnectPath":            "CONNECT / HTTP/1.1\r\n" + host + "\r\n",
		"OptionsStar":            "OPTIONS * HTTP/1.1\r\n" + host + "\r\n",
		"WebSocket":              "GET / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		"H2C":                    "GET / HTTP/1.1\r\n" + host + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
		"AbsoluteOtherHost":      "GET http://b/ HTTP/1.1\r\n" + host + "\r\n",
		"AbsoluteUserinfo":       "GET http://x@a/ HTTP/1.1\r\n" + host + "\r\n",
		"AbsoluteOtherScheme":    "GET file://a/ HTTP/1.1\r\n" + host + "\r\n",
		"AbsoluteWithoutPath":    "GET http://a HTTP/1.1\r\n" + host + "\r\n",
		"SchemeRelative":         "GET //b/ HTTP/1.1\r\n" + host + "\r\n",
		"SpaceInTarget":          "GET /a b HTTP/1.1\r\n" + host + "\r\n",
		"TabInTarget":            "GET /a\tb HTTP/1.1\r\n" + host + "\r\n",
		"MethodWithSpaceBefore":  " GET / HTTP/1.1\r\n" + host + "\r\n",
		"MethodWithBadCharacter": "GE(T / HTTP/1.1\r\n" + host + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := read(t, head)
			require.ErrorIs(t, err, wire.ErrMalformed)
		})
	}
}

func TestTargetsThatAreRefused(t *testing.T) {
	t.Parallel()

	for name, target := range map[string]string{
		"Parent":              "/a/../b",
		"ParentAtEnd":         "/a/..",
		"Here":                "/a/./b",
		"EncodedParent":       "/a/%2e%2e/b",
		"EncodedParentUpper":  "/a/%2E%2E/b",
		"HalfEncodedParent":   "/a/.%2e/b",
		"EmptySegment":        "/a//b",
		"EmptyEnd":            "/a//",
		"EncodedSlash":        "/a%2fb",
		"EncodedSlashUpper":   "/a%2Fb",
		"Backslash":           `/a\b`,
		"EncodedBackslash":    "/a%5cb",
		"Nul":                 "/a%00",
		"NewLine":             "/a%0a",
		"Delete":              "/a%7f",
		"EncodedLetter":       "/%61pi",
		"EncodedTilde":        "/a%7Eb",
		"BrokenEncoding":      "/a%",
		"BrokenEncodingShort": "/a%4",
		"BrokenEncodingWord":  "/a%zz",
		"BrokenEncodingQuery": "/a?b=%zz",
		"CutEncodingQuery":    "/a?b=1%",
		"DoubleEncodingOpen":  "/a%%32e",
		"Fragment":            "/a#b",
		"FragmentInQuery":     "/a?b#c",
		"RawUTF8":             "/caf\xc3\xa9",
		"RawHigh":             "/\xff",
		"Quote":               `/a"b`,
		"Angle":               "/a<b>",
		"Brace":               "/{id}",
		"Pipe":                "/a|b",
		"Caret":               "/a^b",
		"Backtick":            "/a`b",
		"Bracket":             "/a[0]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := read(t, "GET "+target+" HTTP/1.1\r\nHost: a\r\n\r\n")
			require.ErrorIs(t, err, wire.ErrMalformed)
		})
	}
}

func TestRequestsThatAreTaken(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct{ head, raw, path string }{
		"Plain":     {"GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "/a", "/a"},
		"Root":      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "/", "/"},
		"Query":     {"GET /a?b=c%20d&e=%C3%A9 HTTP/1.1\r\nHost: a\r\n\r\n", "/a?b=c%20d&e=%C3%A9", "/a"},
		"LaxQuery":  {"GET /a?name=caf\xc3\xa9&f=[\"x|y\"] HTTP/1.1\r\nHost: a\r\n\r\n", "/a?name=caf\xc3\xa9&f=[\"x|y\"]", "/a"},
		"EmptyOne":  {"GET /a? HTTP/1.1\r\nHost: a\r\n\r\n", "/a", "/a"},
		"SlashesIn": {"GET /a?next=//b/../c HTTP/1.1\r\nHost: a\r\n\r\n", "/a?next=//b/../c", "/a"},
		"Encoded":   {"GET /a/x%20y%F0%9F%98%80 HTTP/1.1\r\nHost: a\r\n\r\n", "/a/x%20y%F0%9F%98%80", "/a/x%20y%F0%9F%98%80"},
		"SubDelims": {"GET /a;b=1,2@c:d HTTP/1.1\r\nHost: a\r\n\r\n", "/a;b=1,2@c:d", "/a;b=1,2@c:d"},
		"Trailing":  {"GET /a/ HTTP/1.1\r\nHost: a\r\n\r\n", "/a/", "/a/"},
		"Dots":      {"GET /.well-known/...x HTTP/1.1\r\nHost: a\r\n\r\n", "/.well-known/...x", "/.well-known/...x"},
		"HTTP10":    {"GET /a HTTP/1.0\r\n\r\n", "/a", "/a"},
		"Absolute":  {"GET http://A/b?c HTTP/1.1\r\nHost: a\r\n\r\n", "/b?c", "/b"},
		"Body":      {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 4\r\n\r\n", "/a", "/a"},
		"Chunked":   {"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", "/a", "/a"},
		"OddValues": {"GET /a HTTP/1.1\r\nHost: a\r\nX-A:\tcaf\xe9 \r\nX-B:\r\n\r\n", "/a", "/a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			target, err := read(t, tt.head)
			require.NoError(t, err)
			require.Equal(t, tt.raw, string(target.Raw))
			require.Equal(t, tt.path, string(target.Path))
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()

	uri := func(n int) string { return "GET /" + strings.Repeat("a", n-1) + " HTTP/1.1\r\nHost: a\r\n\r\n" }
	headers := func(n int) string {
		const begin, end = "Host: a\r\nX: ", "\r\n\r\n"
		return "GET / HTTP/1.1\r\n" + begin + strings.Repeat("a", n-len(begin)-len(end)) + end
	}

	_, err := read(t, uri(wire.MaxURI))
	require.NoError(t, err)
	_, err = read(t, uri(wire.MaxURI+1))
	require.ErrorIs(t, err, wire.ErrURITooLong)
	_, err = read(t, headers(wire.MaxHeaders))
	require.NoError(t, err)
	_, err = read(t, headers(wire.MaxHeaders+1))
	require.ErrorIs(t, err, wire.ErrHeadersTooLarge)
}
