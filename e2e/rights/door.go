package rights

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/valyala/fasthttp"
)

// door is one way in: through a gateway, or to a replica of a service past all
// gateways, which checks tokens itself.
type door struct {
	name string
	http *fasthttp.HostClient
	asks []question
}

// question is what an administrator may ask for. It has no effect.
type question struct {
	method  string
	path    func(person) string
	body    string
	changes bool
}

const timeout = 15 * time.Second

var (
	readOwn  = question{method: http.MethodGet, path: func(p person) string { return "/api/v1/users/" + p.id }}
	readMe   = question{method: http.MethodGet, path: func(person) string { return "/api/v1/auth/me" }}
	readAll  = question{method: http.MethodGet, path: func(person) string { return "/api/v1/users?page_size=1" }, changes: true}
	editNone = question{
		method: http.MethodPut, body: `{"stock":1}`, changes: true,
		path: func(person) string { return "/api/v1/products/" + uuid.NewString() },
	}
)

// doors returns all ways into the company.
func (c *company) doors() (all []*door) {
	add := func(name, addr string, asks ...question) {
		all = append(all, &door{name, &fasthttp.HostClient{
			Addr: addr, ReadTimeout: timeout, WriteTimeout: timeout, MaxConns: 256, MaxIdemponentCallAttempts: 1,
		}, asks})
	}
	for n, addr := range c.gateways {
		add(fmt.Sprintf("gateway %d", n+1), addr, readMe, readOwn, editNone, readAll)
	}
	for service, asks := range map[string][]question{auth: {readMe}, users: {readOwn, readAll}, catalog: {editNone}} {
		for n, addr := range c.services[service] {
			add(fmt.Sprintf("%s %d", service, n+1), addr, asks...)
		}
	}
	return all
}

// ask returns the status of the answer to a question, zero without an answer.
func (d *door) ask(q question, p person) int {
	status, _ := d.send(q.method, q.path(p), p.token, q.body)
	return status
}

// send sends a request and returns status and body of the answer.
func (d *door) send(method, path, token, body string) (int, []byte) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)

	req.Header.SetMethod(method)
	req.SetRequestURI("http://" + d.http.Addr + path)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.SetContentType("application/json")
		req.SetBodyString(body)
	}
	if err := d.http.DoTimeout(req, res, timeout); err != nil {
		return 0, []byte(err.Error())
	}
	return res.StatusCode(), append([]byte(nil), res.Body()...)
}

// accepted reports whether an answer was given to somebody with rights: there is
// no such product.
func accepted(status int) bool { return status == http.StatusOK || status == http.StatusNotFound }
