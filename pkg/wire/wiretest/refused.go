package wiretest

import (
	"maps"
	"strings"

	"stockroom/pkg/wire"
)

const (
	get  = "GET {get} HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\n"
	post = "POST {post} HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\nAuthorization: Bearer s3cret\r\nContent-Type: application/json\r\n"
	end  = "\r\n"

	// chunked is the end of a chunked body, and empty otherwise.
	chunked = "0\r\n\r\n"
)

// refusal is a request and how it is refused.
type refusal struct {
	bytes  string
	status int
	code   string
}

func refused() map[string]refusal {
	all := maps.Clone(sizes())
	for _, malformed := range []map[string]string{lengths, chunks, heads, targets} {
		for name, bytes := range malformed {
			all[name] = refusal{bytes, 400, "malformed_request"}
		}
	}
	return all
}

// lengths are requests of which two programs would not see the same end.
var lengths = map[string]string{
	"LengthThenChunked":       post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + end + chunked,
	"ChunkedThenLength":       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + end + chunked,
	"ChunkedAndNoLength":      post + "Transfer-Encoding: chunked\r\nContent-Length:\r\n" + end + chunked,
	"ChunkedAndLengthZero":    post + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n" + end + chunked,
	"GetLengthThenChunked":    get + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + end + chunked,
	"EncodingIdentity":        post + "Transfer-Encoding: identity\r\n" + end,
	"EncodingIdentityLength":  post + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingGzipChunked":     post + "Transfer-Encoding: gzip, chunked\r\n" + end + chunked,
	"EncodingChunkedGzip":     post + "Transfer-Encoding: chunked, gzip\r\n" + end + chunked,
	"EncodingChunkedIdentity": post + "Transfer-Encoding: chunked, identity\r\n" + end + chunked,
	"EncodingChunkedChunked":  post + "Transfer-Encoding: chunked, chunked\r\n" + end + chunked,
	"EncodingTwice":           post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + end + chunked,
	"EncodingTwiceOneOther":   post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n" + end + chunked,
	"EncodingX":               post + "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingComma":           post + "Transfer-Encoding: ,chunked\r\n" + end + chunked,
	"EncodingParameter":       post + "Transfer-Encoding: chunked;a=b\r\n" + end + chunked,
	"EncodingQuoted":          post + "Transfer-Encoding: \"chunked\"\r\n" + end + chunked,
	"EncodingVerticalTab":     post + "Transfer-Encoding: \x0bchunked\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingFormFeed":        post + "Transfer-Encoding: chunked\x0c\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingEmpty":           post + "Transfer-Encoding:\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingNul":             post + "Transfer-Encoding: chunked\x00\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingSpaceInName":     post + "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingTabInName":       post + "Transfer-Encoding\t: chunked\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingUnderscore":      post + "Transfer_Encoding: chunked\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingFolded":          post + "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n" + end + chunked,
	"EncodingBehindReturn":    post + "X: y\rTransfer-Encoding: chunked\r\n" + end + chunked,
	"EncodingBehindNewline":   post + "X: y\nTransfer-Encoding: chunked\r\n" + end + chunked,
	"EncodingHTTP10":          "POST {post} HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n" + end + chunked,
	"LengthTwice":             post + "Content-Length: 5\r\nContent-Length: 5\r\n" + end + chunked,
	"LengthTwiceOther":        post + "Content-Length: 0\r\nContent-Length: 5\r\n" + end + chunked,
	"LengthTwiceLetterCase":   post + "Content-Length: 0\r\ncontent-length: 5\r\n" + end + chunked,
	"LengthList":              post + "Content-Length: 5, 5\r\n" + end + chunked,
	"LengthPlus":              post + "Content-Length: +5\r\n" + end + chunked,
	"LengthMinus":             post + "Content-Length: -5\r\n" + end + chunked,
	"LengthMinusZero":         post + "Content-Length: -0\r\n" + end,
	"LengthHex":               post + "Content-Length: 0x5\r\n" + end + chunked,
	"LengthUnderscoreInside":  post + "Content-Length: 1_0\r\n" + end + chunked,
	"LengthDecimal":           post + "Content-Length: 5.0\r\n" + end + chunked,
	"LengthExponent":          post + "Content-Length: 5e0\r\n" + end + chunked,
	"LengthSpaceInside":       post + "Content-Length: 1 0\r\n" + end + chunked,
	"LengthArabic":            post + "Content-Length: \u0665\r\n" + end + chunked,
	"LengthOverflow":          post + "Content-Length: 18446744073709551621\r\n" + end + chunked,
	"LengthSpaceInName":       post + "Content-Length : 5\r\n" + end + chunked,
	"LengthSpaceForDash":      post + "Content-Length: 0\r\nContent Length: 5\r\n" + end + chunked,
	"LengthUnderscore":        post + "Content-Length: 0\r\nContent_Length: 5\r\n" + end + chunked,
	"TrailerAnnounced":        post + "Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n" + end + chunked,
}

// chunks are bodies in chunks that are none.
var chunks = map[string]string{
	"ChunkNoHex":           post + "Transfer-Encoding: chunked\r\n" + end + "zz\r\n" + chunked,
	"ChunkEmptySize":       post + "Transfer-Encoding: chunked\r\n" + end + "\r\n" + chunked,
	"ChunkPlus":            post + "Transfer-Encoding: chunked\r\n" + end + "+2\r\nab\r\n" + chunked,
	"ChunkMinus":           post + "Transfer-Encoding: chunked\r\n" + end + "-2\r\nab\r\n" + chunked,
	"ChunkPrefix":          post + "Transfer-Encoding: chunked\r\n" + end + "0x2\r\nab\r\n" + chunked,
	"ChunkSpaceBefore":     post + "Transfer-Encoding: chunked\r\n" + end + " 2\r\nab\r\n" + chunked,
	"ChunkSpaceInside":     post + "Transfer-Encoding: chunked\r\n" + end + "0 2\r\nab\r\n" + chunked,
	"ChunkUnderscore":      post + "Transfer-Encoding: chunked\r\n" + end + "0_2\r\nab\r\n" + chunked,
	"ChunkOverflow":        post + "Transfer-Encoding: chunked\r\n" + end + "10000000000000002\r\nab\r\n" + chunked,
	"ChunkNewlineAlone":    post + "Transfer-Encoding: chunked\r\n" + end + "2\nab\r\n" + chunked,
	"ChunkReturnAlone":     post + "Transfer-Encoding: chunked\r\n" + end + "2\rab\r\n" + chunked,
	"ChunkExtNewline":      post + "Transfer-Encoding: chunked\r\n" + end + "2;a\nab\r\n" + chunked,
	"ChunkExtReturn":       post + "Transfer-Encoding: chunked\r\n" + end + "2;a\rb\r\nab\r\n" + chunked,
	"ChunkEndsLate":        post + "Transfer-Encoding: chunked\r\n" + end + "2\r\nabXX" + chunked,
	"ChunkEndsInNewline":   post + "Transfer-Encoding: chunked\r\n" + end + "2\r\nab\n" + chunked,
	"ChunkLonger":          post + "Transfer-Encoding: chunked\r\n" + end + "2\r\nabc\r\n" + chunked,
	"TrailerLength":        post + "Transfer-Encoding: chunked\r\n" + end + "0\r\nContent-Length: 5\r\n\r\n",
	"TrailerEncoding":      post + "Transfer-Encoding: chunked\r\n" + end + "0\r\nTransfer-Encoding: chunked\r\n\r\n",
	"TrailerHost":          post + "Transfer-Encoding: chunked\r\n" + end + "0\r\nHost: b\r\n\r\n",
	"TrailerAuthorization": post + "Transfer-Encoding: chunked\r\n" + end + "0\r\nAuthorization: Bearer x\r\n\r\n",
	"TrailerAnnouncedX":    post + "Transfer-Encoding: chunked\r\nTrailer: X-A\r\n" + end + "2\r\nab\r\n0\r\nX-A: b\r\n\r\n",
	"TrailerUnannounced":   post + "Transfer-Encoding: chunked\r\n" + end + "2\r\nab\r\n0\r\nIdempotency-Key: x\r\n\r\n",
	"TrailerOnlyAnnounced": post + "Transfer-Encoding: chunked\r\nTrailer: X-A\r\n" + end + "2\r\nab\r\n" + chunked,
	"TrailerNoColon":       post + "Transfer-Encoding: chunked\r\n" + end + "0\r\nX\r\n\r\n",
	"TrailerNul":           post + "Transfer-Encoding: chunked\r\n" + end + "0\r\nX: \x00\r\n\r\n",
}

// heads are header lines and request lines that programs read in two ways.
var heads = map[string]string{
	"Folded":              get + "X: 1\r\n 2\r\n" + end,
	"FoldedTab":           get + "X: 1\r\n\t2\r\n" + end,
	"FoldedEmpty":         get + "X: 1\r\n \r\n" + end,
	"FoldedFirst":         "GET {get} HTTP/1.1\r\n X: 1\r\nHost: a\r\n" + end,
	"SpaceBeforeColon":    get + "X : 1\r\n" + end,
	"SpaceInName":         get + "X A: 1\r\n" + end,
	"UnderscoreInName":    get + "X_User_Id: s3cret\r\n" + end,
	"EmptyName":           get + ": 1\r\n" + end,
	"NoColon":             get + "X\r\n" + end,
	"BraceInName":         get + "X{A}: 1\r\n" + end,
	"SlashInName":         get + "X/A: 1\r\n" + end,
	"NonASCIIName":        get + "X\xc3\xa9: 1\r\n" + end,
	"NulInName":           get + "X\x00A: 1\r\n" + end,
	"NulInValue":          get + "X: 1\x002\r\n" + end,
	"EscapeInValue":       get + "X: \x1b[2J\r\n" + end,
	"ReturnInValue":       get + "X: 1\rY: 2\r\n" + end,
	"TwoReturns":          get + "X: 1\r\r\n" + end,
	"BareNewline":         get + "X: 1\nY: 2\r\n" + end,
	"BareNewlineEnd":      get + "\n",
	"BareNewlineBoth":     get + "X: 1\n\n",
	"HostTwice":           get + "Host: a\r\n" + end,
	"HostTwiceOther":      get + "Host: b\r\n" + end,
	"HostMissing":         "GET {get} HTTP/1.1\r\nX-Request-Id: {id}\r\n" + end,
	"HostEmpty":           "GET {get} HTTP/1.1\r\nHost:\r\n" + end,
	"HostList":            "GET {get} HTTP/1.1\r\nHost: a, b\r\n" + end,
	"HostPath":            "GET {get} HTTP/1.1\r\nHost: a/b\r\n" + end,
	"HostUser":            "GET {get} HTTP/1.1\r\nHost: s3cret@a\r\n" + end,
	"HostSpace":           "GET {get} HTTP/1.1\r\nHost: a b\r\n" + end,
	"HostQuery":           "GET {get} HTTP/1.1\r\nHost: a?b\r\n" + end,
	"HostPortName":        "GET {get} HTTP/1.1\r\nHost: a:http\r\n" + end,
	"HostTwoPorts":        "GET {get} HTTP/1.1\r\nHost: a:80:90\r\n" + end,
	"HostBracket":         "GET {get} HTTP/1.1\r\nHost: [::1\r\n" + end,
	"TypeTwice":           post + "Content-Type: text/plain\r\nContent-Length: 0\r\n" + end,
	"HTTP09":              "GET {get}\r\n" + end,
	"HTTP12":              "GET {get} HTTP/1.2\r\nHost: a\r\n" + end,
	"HTTP11Long":          "GET {get} HTTP/1.10\r\nHost: a\r\n" + end,
	"HTTP20":              "GET {get} HTTP/2.0\r\nHost: a\r\n" + end,
	"HTTP2Preface":        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"HTTPLowerCase":       "GET {get} http/1.1\r\nHost: a\r\n" + end,
	"VersionMissing":      "GET {get} \r\nHost: a\r\n" + end,
	"TLS":                 "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	"ProxyProtocol":       "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + get + end,
	"SpaceBeforeMethod":   " " + get + end,
	"TwoSpaces":           "GET  {get} HTTP/1.1\r\nHost: a\r\n" + end,
	"TabsForSpaces":       "GET\t{get}\tHTTP/1.1\r\nHost: a\r\n" + end,
	"SpaceAfterVersion":   "GET {get} HTTP/1.1 \r\nHost: a\r\n" + end,
	"MethodWithParen":     "GE(T {get} HTTP/1.1\r\nHost: a\r\n" + end,
	"MethodWithNul":       "GE\x00T {get} HTTP/1.1\r\nHost: a\r\n" + end,
	"Trace":               "TRACE {get} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer s3cret\r\n" + end,
	"Connect":             "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n" + end,
	"ConnectPath":         "CONNECT {get} HTTP/1.1\r\nHost: a\r\n" + end,
	"WebSocket":           get + "Connection: Upgrade\r\nUpgrade: websocket\r\n" + end,
	"H2C":                 get + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n" + end,
	"ExpectOther":         post + "Content-Length: 5\r\nExpect: 200-ok\r\n" + end + chunked,
	"ExpectObfuscated":    post + "Content-Length: 5\r\nExpect: y 100-continue\r\n" + end + chunked,
	"ExpectTwice":         post + "Content-Length: 5\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n" + end + chunked,
	"ExpectAmbiguous":     post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n" + end + chunked,
	"ExpectWithoutALimit": post + "Content-Length: 5\r\nX_Y: 1\r\nExpect: 100-continue\r\n" + end + chunked,
}

// targets are paths that stand for others.
var targets = map[string]string{
	"AbsoluteOtherHost":    "GET http://b{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"AbsoluteUser":         "GET http://s3cret@a{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"AbsoluteOtherScheme":  "GET file://a{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"AbsoluteOtherPort":    "GET http://a:81{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"AbsoluteWithoutPath":  "GET http://a HTTP/1.1\r\nHost: a\r\n" + end,
	"AbsoluteOneSlash":     "GET http:/a{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"AbsoluteDots":         "GET http://a/x/..{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"SchemeRelative":       "GET //a{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"NoSlash":              "GET x{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"OptionsStar":          "OPTIONS * HTTP/1.1\r\nHost: a\r\n" + end,
	"GetStar":              "GET * HTTP/1.1\r\nHost: a\r\n" + end,
	"SpaceInside":          "GET {get} x HTTP/1.1\r\nHost: a\r\n" + end,
	"HiddenVersion":        "GET {get} HTTP/1.1 HTTP/1.1\r\nHost: a\r\n" + end,
	"TabInside":            "GET {get}\tx HTTP/1.1\r\nHost: a\r\n" + end,
	"NulInside":            "GET {get}\x00 HTTP/1.1\r\nHost: a\r\n" + end,
	"Parent":               "GET /x/..{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"ParentEncoded":        "GET /x/%2e%2e{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"ParentHalfEncoded":    "GET /x/.%2E{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"ParentTwiceEncoded":   "GET /x/%252e%252e{get}/%2e HTTP/1.1\r\nHost: a\r\n" + end,
	"ParentAtEnd":          "GET {get}/.. HTTP/1.1\r\nHost: a\r\n" + end,
	"ParentBackslash":      "GET /x\\..{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"ParentBackslashCoded": "GET /x%5c..{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"Here":                 "GET /.{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"TwoSlashes":           "GET /{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"TwoSlashesAtEnd":      "GET {get}// HTTP/1.1\r\nHost: a\r\n" + end,
	"SlashEncoded":         "GET {get}%2fx HTTP/1.1\r\nHost: a\r\n" + end,
	"SlashOverlong":        "GET {get}\xc0\xaf HTTP/1.1\r\nHost: a\r\n" + end,
	"LetterEncoded":        "GET /%61{get} HTTP/1.1\r\nHost: a\r\n" + end,
	"NulEncoded":           "GET {get}%00 HTTP/1.1\r\nHost: a\r\n" + end,
	"NewlineEncoded":       "GET {get}%0d%0aX:%20y HTTP/1.1\r\nHost: a\r\n" + end,
	"EncodingBroken":       "GET {get}%zz HTTP/1.1\r\nHost: a\r\n" + end,
	"EncodingCut":          "GET {get}% HTTP/1.1\r\nHost: a\r\n" + end,
	"EncodingWide":         "GET {get}%u0041 HTTP/1.1\r\nHost: a\r\n" + end,
	"EncodingInQuery":      "GET {get}?x=%zz HTTP/1.1\r\nHost: a\r\n" + end,
	"FragmentInPath":       "GET {get}#x HTTP/1.1\r\nHost: a\r\n" + end,
	"FragmentInQuery":      "GET {get}?x#y HTTP/1.1\r\nHost: a\r\n" + end,
	"RawUTF8":              "GET {get}\xc3\xa9 HTTP/1.1\r\nHost: a\r\n" + end,
	"Quote":                "GET {get}\" HTTP/1.1\r\nHost: a\r\n" + end,
	"Angle":                "GET {get}<script> HTTP/1.1\r\nHost: a\r\n" + end,
	"Pipe":                 "GET {get}| HTTP/1.1\r\nHost: a\r\n" + end,
}

// sizes are requests that are too long, some of them without an end.
func sizes() map[string]refusal {
	const mib = 1 << 20
	long := func(n int) string { return strings.Repeat("s3cret", n/6+1) }
	return map[string]refusal{
		"TargetLong":      {"GET {get}?" + long(wire.MaxURI) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri_too_long"},
		"TargetEndless":   {"GET {get}?" + long(mib), 414, "uri_too_long"},
		"MethodEndless":   {strings.Repeat("G", mib), 414, "uri_too_long"},
		"HeaderLong":      {get + "X: " + long(wire.MaxHeaders) + "\r\n\r\n", 431, "headers_too_large"},
		"HeaderEndless":   {get + "X: " + long(mib), 431, "headers_too_large"},
		"HeaderNameLong":  {get + long(wire.MaxHeaders) + ": x\r\n\r\n", 431, "headers_too_large"},
		"HeadersMany":     {get + strings.Repeat("X: s3cret\r\n", 3000) + "\r\n", 431, "headers_too_large"},
		"LengthBeyond":    {post + "Content-Length: 1048577\r\n\r\n" + long(mib), 413, "body_too_large"},
		"LengthAbsurd":    {post + "Content-Length: 99999999999\r\n\r\n", 413, "body_too_large"},
		"ExpectTooMuch":   {post + "Content-Length: 1048577\r\nExpect: 100-continue\r\n\r\n", 413, "body_too_large"},
		"ChunkBeyond":     {post + "Transfer-Encoding: chunked\r\n\r\n100001\r\n" + long(mib), 413, "body_too_large"},
		"ChunksBeyond":    {post + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("10\r\n0123456789abcdef\r\n", mib/16+1), 413, "body_too_large"},
		"TrailersEndless": {post + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("X: s3cret\r\n", mib/11), 431, "headers_too_large"},
	}
}
