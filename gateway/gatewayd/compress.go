package gatewayd

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// minCompressed is the size from which it pays to compress an answer: a smaller
// one fits into a packet as it is.
const minCompressed = 1400

// compress packs an answer of the catalog, if its client takes it so. Answers to
// who is signed in stay as they are: what a request says could be guessed from
// the size of an answer that holds secrets too (BREACH). So do those with a
// strong ETag, which stands for these very bytes.
func (x *exchange) compress(r route) {
	h := &x.Response.Header
	if r.service != catalog || r.access == signed || x.Response.StatusCode() != fasthttp.StatusOK {
		return
	}
	if tag := h.PeekCanonical(nameETag); len(tag) > 0 && !bytes.HasPrefix(tag, []byte("W/")) {
		return
	}
	h.Add(fasthttp.HeaderVary, fasthttp.HeaderAcceptEncoding)
	body := x.Response.Body()
	if len(body) < minCompressed || len(h.ContentEncoding()) > 0 || len(x.Request.Header.Peek(fasthttp.HeaderAuthorization)) > 0 {
		return
	}
	switch in := &x.Request.Header; {
	case in.HasAcceptEncoding("zstd"):
		h.SetContentEncoding("zstd")
		x.Response.SetBodyRaw(fasthttp.AppendZstdBytesLevel(nil, body, fasthttp.CompressZstdBestSpeed))
	case in.HasAcceptEncoding("gzip"):
		h.SetContentEncoding("gzip")
		x.Response.SetBodyRaw(fasthttp.AppendGzipBytesLevel(nil, body, fasthttp.CompressBestSpeed))
	}
}
