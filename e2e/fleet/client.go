package fleet

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// op is a kind of request.
type op struct {
	name    string
	service string // that answers it
	writes  bool
	want    int
}

var (
	readStill    = op{"read a product that stays", "catalog", false, 200}
	readChanging = op{"read a product that changes", "catalog", false, 200}
	list         = op{"list products", "catalog", false, 200}
	search       = op{"search products", "catalog", false, 200}
	readAccount  = op{"read the own account", "auth", false, 200}
	findAccount  = op{"read an account", "users", false, 200}
	create       = op{"create a product", "catalog", true, 201}
	update       = op{"update a product", "catalog", true, 200}
	remove       = op{"delete a product", "catalog", true, 204}
	register     = op{"register", "auth", true, 201}
	login        = op{"sign in", "auth", true, 200}
	refresh      = op{"refresh", "auth", true, 200}
)

const requestTimeout = 30 * time.Second // longer than the system takes to give up

// client sends requests over connections that are kept, and counts.
type client struct {
	http  *fasthttp.HostClient
	base  string
	tally *tally
}

func newClient(cfg Config) *client {
	host := cfg.URL
	if u, err := url.Parse(cfg.URL); err == nil {
		host = u.Host
	}
	return &client{base: strings.TrimSuffix(cfg.URL, "/"), tally: newTally(), http: &fasthttp.HostClient{
		Addr:                      host,
		IsTLS:                     strings.HasPrefix(cfg.URL, "https:"),
		MaxConns:                  1024,
		MaxIdemponentCallAttempts: 1,
		RetryIfErr:                func(*fasthttp.Request, int, error) (bool, bool) { return false, false },
	}}
}

// request is what is asked, as whom.
type request struct {
	method, path, token string
	form                url.Values // or
	body                any        // as JSON
}

type answer struct {
	status int
	body   []byte
	id     string
	stale  bool // it says that it may be old
}

func (a answer) into(v any) error { return json.Unmarshal(a.body, v) }

// do sends r once. It reports whether it was answered as o wants.
func (c *client) do(o op, r request) (answer, bool) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	if err := r.fill(req, c.base); err != nil {
		c.tally.failed(o, time.Now(), "request", "", err.Error())
		return answer{}, false
	}

	ended := c.tally.started(o)
	begin := time.Now()
	err := c.http.DoTimeout(req, res, requestTimeout)
	ended()
	if err != nil {
		c.tally.failed(o, begin, "no answer", "", err.Error())
		return answer{}, false
	}
	a := answer{
		status: res.StatusCode(), body: append([]byte(nil), res.Body()...), id: string(res.Header.Peek("X-Request-Id")),
		stale: strings.Contains(string(res.Header.Peek("Cache-Status")), "stale") || len(res.Header.Peek("Warning")) > 0,
	}
	if a.status != o.want {
		c.tally.failed(o, begin, fmt.Sprint("status ", a.status), a.id, fmt.Sprintf("%.200s", a.body))
		return a, false
	}
	c.tally.answered(o, begin)
	return a, true
}

func (r request) fill(req *fasthttp.Request, base string) error {
	req.SetRequestURI(base + r.path)
	req.Header.SetMethod(r.method)
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	switch {
	case r.form != nil:
		req.Header.SetContentType("application/x-www-form-urlencoded")
		req.SetBodyString(r.form.Encode())
	case r.body != nil:
		data, err := json.Marshal(r.body)
		if err != nil {
			return err
		}
		req.Header.SetContentType("application/json")
		req.SetBodyRaw(data)
	}
	return nil
}
