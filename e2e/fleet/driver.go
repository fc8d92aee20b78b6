package fleet

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Driver does things to the parts of a running system.
type Driver interface {
	// Replace replaces every instance of a service, one after the other, each
	// stopped as it is in an upgrade and only when another one can take over.
	Replace(ctx context.Context, service string) error
	// Kill ends one instance of a service without warning.
	Kill(ctx context.Context, service string) error
	// Settle returns when every service has as many ready instances as it should.
	Settle(ctx context.Context) error
	// Stop stops something that the services depend on, and Start starts it again.
	Stop(ctx context.Context, dependency string) error
	Start(ctx context.Context, dependency string) error
	// Instances tells apart all instances of our services, and their restarts.
	Instances(ctx context.Context) (string, error)
}

// command runs a program and returns what it says.
func command(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var errText strings.Builder
	cmd.Stderr = &errText
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(errText.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
