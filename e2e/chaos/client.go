package chaos

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/e2e/chaos/history"
)

const (
	productsPath = "/api/v1/products"

	// A question is given up after a while, a write later: it may still happen.
	readTimeout  = 4 * time.Second
	writeTimeout = 10 * time.Second
)

// client speaks to one replica, past any gateway.
type client struct {
	replica int
	http    *fasthttp.HostClient
	req     *fasthttp.Request
	res     *fasthttp.Response
}

func (s *shop) client(replica int, timeout time.Duration) *client {
	return &client{replica, &fasthttp.HostClient{
		Addr: s.replicas[replica].addr, ReadTimeout: timeout, WriteTimeout: timeout,
		MaxIdemponentCallAttempts: 1, // a write that is repeated unseen would be two
	}, new(fasthttp.Request), new(fasthttp.Response)}
}

// do sends what c.req has been made to be, and returns the status of the answer.
func (c *client) do(method, path string) (int, error) {
	c.req.Header.SetMethod(method)
	c.req.SetRequestURI("http://" + c.http.Addr + path)
	err := c.http.Do(c.req, c.res)
	return c.res.StatusCode(), err
}

func (c *client) header(name string) string { return string(c.res.Header.Peek(name)) }

// commit is a place in the order of all writes, as clients see it.
type commit struct{ epoch, seq int64 }

func (c commit) String() string { return fmt.Sprintf("%d.%d", c.epoch, c.seq) }

func parseCommit(text string) (c commit, err error) {
	epoch, seq, _ := strings.Cut(text, ".")
	if c.epoch, err = strconv.ParseInt(epoch, 10, 64); err != nil {
		return c, err
	}
	c.seq, err = strconv.ParseInt(seq, 10, 64)
	return c, err
}

// parseStale returns what an answer says of its age, nil if it does not.
func parseStale(status, asOf string) (*history.Stale, error) {
	if !strings.Contains(status, "stale-if-error") {
		return nil, nil
	}
	_, rest, _ := strings.Cut(status, "ttl=-")
	seconds, _, _ := strings.Cut(rest, ";")
	age, err := strconv.Atoi(seconds)
	if err != nil {
		return nil, err
	}
	at, err := parseCommit(asOf)
	return &history.Stale{Age: time.Duration(age) * time.Second, AsOf: at.seq}, err
}

type productBody struct {
	ID             string `json:"id"`
	Version, Stock int64
}

type pageBody struct {
	Items []productBody
	Total int
}

func parsePage(body []byte) (*history.Page, error) {
	var page pageBody
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, err
	}
	p := &history.Page{Total: page.Total, Items: make([]history.Item, 0, len(page.Items))}
	for _, i := range page.Items {
		p.Items = append(p.Items, history.Item{Product: i.ID, Version: i.Version, Stock: i.Stock})
	}
	return p, nil
}
