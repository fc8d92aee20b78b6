package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"stockroom/bench/load"
	"stockroom/bench/program"
	"stockroom/bench/proxy"
	"stockroom/pkg/testkit/servers"
)

// field is what stands around the proxies: the backend, and Redis for the limits
// of the gateway.
type field struct {
	at      proxy.Place
	backend *program.Program
	redis   *servers.Server
	running []*program.Program
}

func open(ctx context.Context) (_ *field, err error) {
	f := new(field)
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if f.at.Dir, err = os.MkdirTemp("", "stockroom-bench-"); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	if f.at.Redis, err = f.startRedis(ctx); err != nil {
		return nil, err
	}
	if f.at.Backend, err = proxy.FreeAddr(); err != nil {
		return nil, err
	}
	if f.at.Inside, err = proxy.FreeAddr(); err != nil {
		return nil, err
	}
	file, err := proxy.Build(ctx, f.at.Dir, "stockroom/bench/cmd/backend")
	if err != nil {
		return nil, err
	}
	f.backend, err = program.Start(ctx, program.Command{
		Name: "backend", Args: []string{file, "-addr", f.at.Backend, "-internal", f.at.Inside}, Dir: f.at.Dir, Addr: f.at.Inside,
	})
	return f, err
}

func (f *field) startRedis(ctx context.Context) (string, error) {
	if url := os.Getenv("TEST_REDIS_URL"); url != "" {
		return url, nil
	}
	port, err := servers.FreePort()
	if err != nil {
		return "", err
	}
	if f.redis, err = servers.Redis(ctx, port); err != nil {
		return "", err
	}
	return f.redis.URL, nil
}

func (f *field) start(ctx context.Context, p proxy.Proxy) (*program.Program, string, error) {
	running, addr, err := p.Start(ctx, f.at)
	if err == nil {
		f.running = append(f.running, running)
	}
	return running, addr, err
}

func (f *field) close() {
	for _, p := range f.running {
		p.Stop()
	}
	if f.backend != nil {
		f.backend.Stop()
	}
	if f.redis != nil {
		_ = f.redis.Stop() // it ends with this process at the latest
	}
	_ = os.RemoveAll(f.at.Dir)
}

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

// warm sends requests until the proxy has everything that it keeps.
func warm(ctx context.Context, plan load.Plan) error {
	_, err := load.For(ctx, plan, 500*time.Millisecond)
	return err
}
