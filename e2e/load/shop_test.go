package load_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/e2e/stack"
)

// products is how many the shop has.
const products = 1000

// shop is a system with products in it, and what to ask of it.
type shop struct {
	system *stack.System
	token  string
	ids    []string
	turn   atomic.Int64
	made   atomic.Int64
}

func openShop(b *testing.B, s *stack.System) *shop {
	b.Helper()

	sh := &shop{system: s}
	sh.signIn(b)
	for range products {
		var made struct {
			ID string `json:"id"`
		}
		ask(b, sh.create, &made)
		sh.ids = append(sh.ids, made.ID)
	}
	return sh
}

func (sh *shop) signIn(b *testing.B) {
	b.Helper()

	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	ask(b, sh.login, &tokens)
	sh.token = tokens.AccessToken
}

// ask sends one request and decodes its answer.
func ask(b *testing.B, next prepare, into any) {
	b.Helper()

	req, res := new(fasthttp.Request), new(fasthttp.Response)
	want := next(req)
	require.NoError(b, fasthttp.DoTimeout(req, res, 30*time.Second))
	require.Equal(b, want, res.StatusCode(), "%s", res.Body())
	require.NoError(b, json.Unmarshal(res.Body(), into))
}

func (sh *shop) get(req *fasthttp.Request, path string) int {
	req.SetRequestURI(sh.system.URL + path)
	return fasthttp.StatusOK
}

// detail takes turns over a hundred products, which are all cached soon.
func (sh *shop) detail(req *fasthttp.Request) int {
	return sh.get(req, "/api/v1/products/"+sh.ids[sh.turn.Add(1)%100])
}

// list takes turns over ten pages of ten.
func (sh *shop) list(req *fasthttp.Request) int {
	return sh.get(req, fmt.Sprintf("/api/v1/products?page=%d", 1+sh.turn.Add(1)%10))
}

// search never asks the same twice, so that it measures the search and not the
// cache of it.
func (sh *shop) search(req *fasthttp.Request) int {
	turn := sh.turn.Add(1)
	return sh.get(req, fmt.Sprintf("/api/v1/products/search?q=Bench+%d&page=%d", turn%products, 1+turn/products))
}

func (sh *shop) create(req *fasthttp.Request) int {
	n := sh.made.Add(1)
	req.SetRequestURI(sh.system.URL + "/api/v1/products")
	req.Header.SetMethod(fasthttp.MethodPost)
	req.Header.SetContentType("application/json")
	req.Header.Set("Authorization", "Bearer "+sh.token)
	req.SetBodyString(fmt.Sprintf(
		`{"name":"Bench %d","sku":"BENCH-%d-%d","price":%d.99,"stock":7,"category":"Load","description":"Made to be measured."}`,
		n, time.Now().UnixNano(), n, n%500))
	return fasthttp.StatusCreated
}

func (sh *shop) login(req *fasthttp.Request) int {
	form := url.Values{"username": {sh.system.Admin.Username}, "password": {sh.system.Admin.Password}}
	req.SetRequestURI(sh.system.URL + "/api/v1/auth/login")
	req.Header.SetMethod(fasthttp.MethodPost)
	req.Header.SetContentType("application/x-www-form-urlencoded")
	req.SetBodyString(form.Encode())
	return fasthttp.StatusOK
}
