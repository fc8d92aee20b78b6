// Package proxy says how each of the programs that are compared is started: as
// its makers recommend it for much traffic, with an access log, and connections
// to the backend that are kept.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"stockroom/bench/program"
	"stockroom/pkg/testkit/servers"
)

// Place is where a proxy runs, and what it leads to.
type Place struct {
	Dir     string // for its files
	Backend string // address of what answers
	Inside  string // address of the internal door of that
	Redis   string // URL
}

// Proxy is one of those that are compared.
type Proxy struct {
	Name    string
	Prepare func(ctx context.Context, at Place, addr string) (program.Command, error)
}

// ErrMissing says that a proxy is not on this machine, and how to get it.
var ErrMissing = errors.New("not installed")

// Start starts the proxy and returns where it listens.
func (p Proxy) Start(ctx context.Context, at Place) (_ *program.Program, addr string, err error) {
	if addr, err = FreeAddr(); err != nil {
		return nil, "", err
	}
	command, err := p.Prepare(ctx, at, addr)
	if err != nil {
		return nil, "", err
	}
	command.Addr, command.Dir = addr, at.Dir
	running, err := program.Start(ctx, command)
	return running, addr, err
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
