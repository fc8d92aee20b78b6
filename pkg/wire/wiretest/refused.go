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
