package gatewayd

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/valyala/fasthttp"
)

// cors decides which pages of other origins may use the API from a browser
// (https://fetch.spec.whatwg.org/#http-cors-protocol). Nobody may by default.
type cors struct {
	origins     map[string]bool
	any         bool
	credentials bool
}

const (
	anyOrigin            = "*"
	headerResourcePolicy = "Cross-Origin-Resource-Policy"

	// corsMaxAge is how many seconds a browser may go without asking again.
	corsMaxAge = "600"
)

// What pages may send and see, besides what every page may.
var (
	corsRequestHeaders = strings.Join([]string{
		"Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Catalog-Min-Seq", "X-Request-Id", "Traceparent", "Tracestate",
	}, ", ")
	corsAnswerHeaders = strings.Join([]string{
		"ETag", "Location", "Link", "Retry-After", "RateLimit", "RateLimit-Policy", "Cache-Status", "Catalog-Seq", "Catalog-As-Of", "X-Request-Id", "X-Process-Time", "WWW-Authenticate",
	}, ", ")
)

var errCredentials = errors.New("STOCKROOM_CORS_CREDENTIALS needs origins by name, not *")

func newCORS(origins []string, credentials bool) (cors, error) {
	c := cors{origins: map[string]bool{}, credentials: credentials}
	for _, origin := range origins {
		if origin == anyOrigin {
			c.any = true
			continue
		}
		u, err := url.Parse(origin)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			return cors{}, fmt.Errorf("STOCKROOM_CORS_ORIGINS: %q is no origin such as https://shop.example", origin)
		}
		c.origins[strings.ToLower(origin)] = true
	}
	if c.any && credentials {
		return cors{}, errCredentials
	}
	return c, nil
}

func (c cors) closed() bool { return !c.any && len(c.origins) == 0 }

// allow puts onto the answer what lets the page that asks see it. Answers that
// differ by origin say so to the caches between.
func (c cors) allow(x *exchange) {
	if c.closed() {
		return
	}
	h, origin := &x.Response.Header, anyOrigin
	if !c.any {
		h.Add(fasthttp.HeaderVary, fasthttp.HeaderOrigin)
		if origin = string(x.Request.Header.Peek(fasthttp.HeaderOrigin)); !c.origins[strings.ToLower(origin)] {
			return
		}
	}
	h.Set(fasthttp.HeaderAccessControlAllowOrigin, origin)
	h.Set(fasthttp.HeaderAccessControlExposeHeaders, corsAnswerHeaders)
	h.Set(headerResourcePolicy, "cross-origin")
	if c.credentials {
		h.Set(fasthttp.HeaderAccessControlAllowCredentials, "true")
	}
}

// isPreflight reports whether a browser asks on behalf of a page whether it may
// send a request.
func isPreflight(h *fasthttp.RequestHeader) bool {
	return h.IsOptions() && len(h.Peek(fasthttp.HeaderAccessControlRequestMethod)) > 0
}

// preflight is what tells such a browser what may be sent to r. By whom, every
// answer tells.
func preflight(r *resource) endpoint {
	return endpoint{route: route{cost: ordinary}, answer: func(ctx *fasthttp.RequestCtx) error {
		h := &ctx.Response.Header
		h.Set(fasthttp.HeaderAccessControlAllowMethods, r.allow)
		h.Set(fasthttp.HeaderAccessControlAllowHeaders, corsRequestHeaders)
		h.Set(fasthttp.HeaderAccessControlMaxAge, corsMaxAge)
		ctx.SetStatusCode(fasthttp.StatusNoContent)
		return nil
	}}
}
