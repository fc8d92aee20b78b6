package gatewayd

// Names of headers that almost every request is asked for or almost every answer
// has, in the library's spelling: to bring them into that costs it more than to
// set or to find a header.
var (
	nameRequestID    = []byte("X-Request-Id")
	nameProcessTime  = []byte("X-Process-Time")
	nameForwardedFor = []byte("X-Forwarded-For")
	nameParent       = []byte("Traceparent")
	nameServer       = []byte("Server")
	nameDate         = []byte("Date")
	nameCacheControl = []byte("Cache-Control")
	nameETag         = []byte("Etag")

	// Those that tell clients of limits (draft-ietf-httpapi-ratelimit-headers-10).
	namePolicy = []byte("Ratelimit-Policy")
	nameLimit  = []byte("Ratelimit")
)

// How long the id of a request may be, and how long an address usually is.
const (
	maxRequestID = 128
	maxAddress   = 64
)
