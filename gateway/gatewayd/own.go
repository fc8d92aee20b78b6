package gatewayd

import (
	_ "embed"
	"fmt"

	"github.com/valyala/fasthttp"

	"stockroom/pkg/web"
)

// ownDocument describes what the gateway answers itself; the services'
// documents are merged into it.
//
//go:embed own.json
var ownDocument []byte

// own is what the gateway answers itself.
func (s *Server) own() []endpoint {
	get := func(pattern string, answer func(*fasthttp.RequestCtx) error) endpoint {
		return endpoint{route{method: fasthttp.MethodGet, pattern: pattern, cost: ordinary}, answer}
	}
	health := get("/health", s.health)
	health.cost = free
	return []endpoint{
		get("/", s.root),
		health,
		get("/api/v1/openapi.json", s.openAPI),
		get("/docs", s.page),
		get("/docs/{}", s.page),
		get("/redoc", s.page),
		get("/redoc/{}", s.page),
	}
}

func (s *Server) root(ctx *fasthttp.RequestCtx) error {
	sendJSON(ctx, fmt.Appendf(nil, `{"name":"Stockroom","version":%q,"docs":"/docs","redoc":"/redoc"}`, Version))
	return nil
}

func (s *Server) health(ctx *fasthttp.RequestCtx) error {
	status := "healthy"
	if !s.pools[catalog].Ready() {
		status = "unhealthy"
		ctx.SetStatusCode(fasthttp.StatusServiceUnavailable)
		ctx.Response.Header.Set(fasthttp.HeaderRetryAfter, "1")
	}
	ctx.Response.Header.Set(fasthttp.HeaderCacheControl, "no-store")
	sendJSON(ctx, fmt.Appendf(nil, `{"status":%q,"app":"Stockroom","version":%q}`, status, Version))
	return nil
}

func (s *Server) openAPI(ctx *fasthttp.RequestCtx) error {
	doc, packed := s.document.Document()
	if doc == nil {
		return web.ErrUnavailable.Because("No service has described itself yet.")
	}
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderCacheControl, "no-cache")
	h.Set(fasthttp.HeaderVary, fasthttp.HeaderAcceptEncoding)
	if ctx.Request.Header.HasAcceptEncoding("gzip") {
		h.SetContentEncoding("gzip")
		doc = packed
	}
	sendJSON(ctx, doc)
	return nil
}

func (s *Server) page(ctx *fasthttp.RequestCtx) error {
	found, err := s.pages.Serve(ctx)
	if err == nil && !found {
		return web.ErrRouteNotFound
	}
	return err
}

func sendJSON(ctx *fasthttp.RequestCtx, body []byte) {
	ctx.SetContentType("application/json")
	ctx.Response.SetBodyRaw(body)
}
