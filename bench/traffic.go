package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"stockroom/bench/load"
)

// traffic is one kind of requests.
type traffic struct {
	name string
	make func(ctx context.Context, f *field) ([][]byte, error)
}

const people = 100 // whose tokens, or products, take turns

// Every request has what a client of the API sends.
const (
	anonymous = "GET /api/v1/products/0190f3a1-7a00-7000-8000-%012d HTTP/1.1\r\nHost: shop.example\r\n" +
		"User-Agent: bench/1\r\nAccept: application/json\r\n\r\n"
	signedIn = "GET /api/v1/users/me HTTP/1.1\r\nHost: shop.example\r\n" +
		"User-Agent: bench/1\r\nAccept: application/json\r\nAuthorization: Bearer %s\r\n\r\n"
)

var kinds = []traffic{
	{"anonymous", func(context.Context, *field) ([][]byte, error) {
		var all [][]byte
		for i := range people {
			all = append(all, fmt.Appendf(nil, anonymous, i))
		}
		return all, nil
	}},
	{"with a verified token", func(ctx context.Context, f *field) ([][]byte, error) {
		tokens, err := f.tokens(ctx)
		var all [][]byte
		for _, token := range tokens {
			all = append(all, fmt.Appendf(nil, signedIn, token))
		}
		return all, err
	}},
}

var errTokens = errors.New("the backend makes no tokens")

func (f *field) tokens(ctx context.Context) (all []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/tokens?n=%d", f.at.Inside, people), nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil || len(all) != people {
		return nil, errors.Join(errTokens, err)
	}
	return all, nil
}

const warming = 500 * time.Millisecond

// plan returns what to send, after enough of it was sent that the proxy has
// everything that it keeps.
func (f *field) plan(ctx context.Context, s settings, addr string, kind traffic) (load.Plan, error) {
	requests, err := kind.make(ctx, f)
	if err != nil {
		return load.Plan{}, err
	}
	plan := load.Plan{Addr: addr, Requests: requests, Connections: s.connections}
	_, err = load.For(ctx, plan, warming)
	return plan, err
}
