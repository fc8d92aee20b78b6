package gatewayd

import "github.com/valyala/fasthttp"

// security is the headers that no answer goes without. Nothing of the API is
// meant to be shown as a page.
var security = map[string]string{
	fasthttp.HeaderXContentTypeOptions:   "nosniff",
	fasthttp.HeaderContentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
	fasthttp.HeaderReferrerPolicy:        "no-referrer",
	fasthttp.HeaderXFrameOptions:         "DENY",
	headerResourcePolicy:                 "same-origin",
}

// hsts makes browsers speak nothing but TLS to this host for two years.
const hsts = "max-age=63072000"

// newHead returns what the head of every answer begins with.
func newHead(tls bool) *fasthttp.ResponseHeader {
	h := new(fasthttp.ResponseHeader)
	h.SetNoDefaultContentType(true)
	for name, value := range security {
		h.Set(name, value)
	}
	if tls {
		h.Set(fasthttp.HeaderStrictTransportSecurity, hsts)
	}
	return h
}
