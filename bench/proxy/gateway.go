package proxy

import (
	"context"
	"crypto/rand"
	"slices"

	"stockroom/bench/program"
)

// Gateway is ours, as it is installed: with limits, metrics and log.
func Gateway() Proxy { return gateway("gateway", "stockroom/gateway/cmd/gatewayd") }

// Profiled is the gateway, which tells at door where its time goes.
func Profiled(door string) Proxy {
	return gateway("gateway", "stockroom/bench/cmd/profiled", "BENCH_PROFILE_ADDR="+door)
}

// plenty is a limit that nobody reaches, but that is counted all the same.
const plenty = "1000000"

func gateway(name, pkg string, env ...string) Proxy {
	return Proxy{name, func(ctx context.Context, at Place, addr string) (program.Command, error) {
		file, err := Build(ctx, at.Dir, pkg)
		if err != nil {
			return program.Command{}, err
		}
		internal, err := FreeAddr()
		if err != nil {
			return program.Command{}, err
		}
		vars := append(slices.Clone(env),
			"STOCKROOM_ADDR="+addr, "STOCKROOM_INTERNAL_ADDR="+internal,
			"STOCKROOM_REDIS_URL="+at.Redis,
			"STOCKROOM_RATE_ADDRESS="+plenty, "STOCKROOM_RATE_ACCOUNT="+plenty,
			"STOCKROOM_INTERNAL_TOKEN="+rand.Text()+rand.Text(),
			"STOCKROOM_AUTH_URL=http://"+at.Inside, "STOCKROOM_AUTH_INTERNAL_URL=http://"+at.Inside,
			"STOCKROOM_USERS_INTERNAL_URL=http://"+at.Inside,
		)
		for _, service := range []string{"AUTH", "USERS", "CATALOG"} {
			vars = append(vars, "STOCKROOM_"+service+"_URLS=http://"+at.Backend, "STOCKROOM_"+service+"_INTERNAL_URLS=http://"+at.Inside)
		}
		return program.Command{Name: name, Args: []string{file}, Env: vars}, nil
	}}
}

// Bare is the floor: see its command.
func Bare() Proxy { return ProfiledBare("") }

// ProfiledBare is the floor, which tells at door where its time goes.
func ProfiledBare(door string) Proxy {
	return Proxy{"bare fasthttp", func(ctx context.Context, at Place, addr string) (program.Command, error) {
		file, err := Build(ctx, at.Dir, "stockroom/bench/cmd/bare")
		return program.Command{
			Name: "bare", Version: consists(file, "github.com/valyala/fasthttp"),
			Args: []string{file, "-addr", addr, "-backend", at.Backend, "-profile", door},
		}, err
	}}
}
