package gatewayd

import (
	"maps"
	"slices"

	"github.com/valyala/fasthttp"

	"stockroom/pkg/web"
	"stockroom/pkg/wire"
)

// Names of headers that almost every request is asked for or almost every answer
// has, in the library's spelling: to bring them into that costs it more than to
// set or to find a header.
var (
	nameRequestID    = []byte("X-Request-Id")
	nameProcessTime  = []byte("X-Process-Time")
	nameForwardedFor = []byte("X-Forwarded-For")
	nameParent       = []byte("Traceparent")
	nameCacheControl = []byte("Cache-Control")
	nameETag         = []byte("Etag")

	// Those that tell clients of limits (draft-ietf-httpapi-ratelimit-headers-10).
	namePolicy = []byte("Ratelimit-Policy")
	nameLimit  = []byte("Ratelimit")
)

// Headers that the gateway sets itself, and those that it sets if no service does.
var (
	ours       = wire.NamesOf(fasthttp.HeaderServer, fasthttp.HeaderDate, fasthttp.HeaderStrictTransportSecurity, web.HeaderRequestID, "X-Process-Time")
	everywhere = wire.NamesOf(slices.Collect(maps.Keys(security))...)
)

// How long the id of a request may be, and how long an address usually is.
const (
	maxRequestID = 128
	maxAddress   = 64
)
