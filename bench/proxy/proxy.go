// Package proxy says how each of the programs that are compared is started: as
// its makers recommend it for much traffic, with an access log, and connections
// to the backend that are kept.
package proxy

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"stockroom/bench/program"
	"stockroom/pkg/testkit/servers"
)

// Proxy is one of those that are compared.
type Proxy struct {
	Name    string
	Prepare func(ctx context.Context, at Place, addr string) (program.Command, error)
}

// Running is a proxy that runs.
type Running struct {
	*program.Program
	Addr    string // where it listens
	Version string // of what it is
}

// Start starts the proxy.
func (p Proxy) Start(ctx context.Context, at Place) (r Running, err error) {
	if r.Addr, err = FreeAddr(); err != nil {
		return r, err
	}
	command, err := p.Prepare(ctx, at, r.Addr)
	if err != nil {
		return r, err
	}
	command.Addr, command.Dir = r.Addr, at.Dir
	r.Version = command.Version
	r.Program, err = program.Start(ctx, command)
	return r, err
}

// Others are all that the gateway is compared with.
func Others() []Proxy {
	return []Proxy{Bare(), Nginx(), HAProxy(), Traefik(), KrakenD("no-op"), KrakenD("json")}
}

// FreeAddr returns an address where nobody listens.
func FreeAddr() (string, error) {
	port, err := servers.FreePort()
	return fmt.Sprintf("127.0.0.1:%d", port), err
}

// Build builds a package of this workspace, and returns the file.
func Build(ctx context.Context, dir, pkg string) (string, error) {
	file := filepath.Join(dir, filepath.Base(pkg))
	return file, build(exec.CommandContext(ctx, "go", "build", "-o", file, pkg))
}

func build(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}
