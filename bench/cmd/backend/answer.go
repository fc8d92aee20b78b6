package main

import "github.com/valyala/fasthttp"

// product is what a product of the catalog looks like on the wire.
var product = []byte(`{"id":"0190f3a1-7a00-7000-8000-000000000001","name":"Copper Kettle","description":"` +
	`A kettle of hammered copper, tinned inside, with a handle of ash that stays cool. It holds a litre and a half, whistles when it boils, ` +
	`and pours without a drop beside the cup. Made to be used every day for as long as anybody likes tea.` +
	`","price":"49.90","stock":12,"category":"Kitchen","sku":"KETTLE-1","is_active":true,` +
	`"created_at":"2026-01-02T03:04:05.678901Z","updated_at":"2026-02-03T04:05:06.789012Z"}`)

// document is what the gateway asks services for, to describe the API.
var document = []byte(`{"openapi":"3.1.0","info":{"title":"backend","version":"1"},"paths":{}}`)

// answer gives the headers that a service gives.
func answer(ctx *fasthttp.RequestCtx) {
	h := &ctx.Response.Header
	if string(ctx.Path()) == "/openapi.json" {
		h.SetContentType("application/json")
		ctx.Response.SetBodyRaw(document)
		return
	}
	h.SetContentType("application/json")
	h.Set(fasthttp.HeaderETag, `"0190f3a17a00-7"`)
	h.Set(fasthttp.HeaderCacheControl, "no-cache")
	h.Set("Cache-Status", "catalog-l1; hit")
	h.Set("X-Request-Id", "0190f3a1-7a00-7000-8000-000000000002")
	ctx.Response.SetBodyRaw(product)
}
