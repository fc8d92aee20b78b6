// Package pages serves the two documentation pages of the API, Swagger UI and
// ReDoc, complete: a browser loads nothing from anywhere else, and is told not to.
package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/swaggest/swgui/v5/static"
	"github.com/valyala/fasthttp"
)

//go:embed assets
var assets embed.FS

// policies is the Content-Security-Policy of each page and of what it loads.
// Both pages set styles from scripts; ReDoc searches in a worker that it makes
// from its own bundle.
var policies = map[string]string{
	"docs": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"redoc": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
		"worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

// contentTypes is by extension; the pages themselves have none.
var contentTypes = map[string]string{
	"":     "text/html; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".png": "image/png",
	".txt": "text/plain; charset=utf-8",
}

// Pages is the pages and all that they load.
type Pages struct {
	files map[string]func() (file, error) // by path
}

// file is one thing to load, in both forms.
type file struct {
	contentType string
	policy      string
	tag         string
	plain, gzip []byte
}

// New returns the pages. What is large is prepared when it is first asked for.
func New() *Pages {
	p := &Pages{files: map[string]func() (file, error){}}
	own := func(name string) ([]byte, error) { return assets.ReadFile("assets/own/" + name) }
	redoc := func(name string) ([]byte, error) { return assets.ReadFile("assets/redoc/" + name) }
	p.add("/docs", "docs.html", own)
	p.add("/docs/docs.css", "docs.css", own)
	p.add("/docs/docs.js", "docs.js", own)
	p.add("/docs/swagger-ui.css", "swagger-ui.css.gz", static.FS.ReadFile)
	p.add("/docs/swagger-ui-bundle.js", "swagger-ui-bundle.js.gz", static.FS.ReadFile)
	p.add("/docs/favicon-32x32.png", "favicon-32x32.png", static.FS.ReadFile)
	p.add("/redoc", "redoc.html", own)
	p.add("/redoc/redoc.css", "redoc.css", own)
	p.add("/redoc/redoc.js", "redoc.js", own)
	p.add("/redoc/redoc.standalone.js", "redoc.standalone.js", redoc)
	p.add("/redoc/redoc.standalone.js.LICENSE.txt", "redoc.standalone.js.LICENSE.txt", redoc)
	return p
}

// unpack returns what the embedded assets hold compressed.
func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return io.ReadAll(r)
}

func pack(plain []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return b.Bytes(), nil
}

// both returns an asset in both forms, whichever of them is embedded.
func both(name string, content []byte) (plain, packed []byte, err error) {
	if strings.HasSuffix(name, ".gz") {
		plain, err = unpack(content)
		return plain, content, err
	}
	packed, err = pack(content)
	return content, packed, err
}

func (p *Pages) add(at, name string, read func(string) ([]byte, error)) {
	p.files[at] = sync.OnceValues(func() (file, error) {
		content, err := read(name)
		if err != nil {
			return file{}, fmt.Errorf("page %s: %w", at, err)
		}
		plain, packed, err := both(name, content)
		if err != nil {
			return file{}, fmt.Errorf("page %s: %w", at, err)
		}
		sum := sha256.Sum256(plain)
		page, _, _ := strings.Cut(at[1:], "/")
		return file{
			contentType: contentTypes[path.Ext(at)],
			policy:      policies[page],
			tag:         `"` + hex.EncodeToString(sum[:8]) + `"`,
			plain:       plain,
			gzip:        packed,
		}, nil
	})
}

// Serve answers with the page or asset that the path names, if there is one.
func (p *Pages) Serve(ctx *fasthttp.RequestCtx) (bool, error) {
	load, ok := p.files[string(ctx.URI().PathOriginal())]
	if !ok {
		return false, nil
	}
	f, err := load()
	if err != nil {
		return false, err
	}
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderContentSecurityPolicy, f.policy)
	h.Set(fasthttp.HeaderCacheControl, "no-cache")
	h.Set(fasthttp.HeaderETag, f.tag)
	h.Set(fasthttp.HeaderVary, fasthttp.HeaderAcceptEncoding)
	if string(ctx.Request.Header.Peek(fasthttp.HeaderIfNoneMatch)) == f.tag {
		ctx.SetStatusCode(fasthttp.StatusNotModified)
		return true, nil
	}
	h.SetContentType(f.contentType)
	if ctx.Request.Header.HasAcceptEncoding("gzip") {
		h.SetContentEncoding("gzip")
		ctx.Response.SetBodyRaw(f.gzip)
		return true, nil
	}
	ctx.Response.SetBodyRaw(f.plain)
	return true, nil
}
