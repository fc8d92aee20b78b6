package fleet

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// services are ours, each with data of its own or none.
var services = []string{"auth", "users", "catalog", "gateway"}

// Compose drives a project of docker compose, which finds its files as always:
// here or where COMPOSE_FILE says.
type Compose struct {
	size map[string]int
}

// NewCompose looks at the project that runs.
func NewCompose(ctx context.Context) (*Compose, error) {
	c := &Compose{size: map[string]int{}}
	for _, service := range services {
		ids, err := c.containers(ctx, service)
		if err != nil {
			return nil, err
		}
		c.size[service] = len(ids)
	}
	return c, nil
}

func compose(ctx context.Context, args ...string) (string, error) {
	return command(ctx, "docker", append([]string{"compose"}, args...)...)
}

// containers returns those of a service that run, the oldest first.
func (c *Compose) containers(ctx context.Context, service string) ([]string, error) {
	out, err := compose(ctx, "ps", "--quiet", "--status", "running", service)
	if err != nil || out == "" {
		return nil, err
	}
	ids := strings.Fields(out)
	born, err := command(ctx, "docker", append([]string{"inspect", "--format", "{{.Created}} {{.Id}}"}, ids...)...)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(born, "\n")
	slices.Sort(lines)
	for i, line := range lines {
		_, ids[i], _ = strings.Cut(line, " ")
	}
	return ids, nil
}

// scale makes it n containers, and waits until all of them are healthy.
func (c *Compose) scale(ctx context.Context, service string, n int) error {
	_, err := compose(ctx, "up", "--detach", "--no-deps", "--no-recreate", "--no-build", "--wait", "--wait-timeout", "120",
		"--scale", service+"="+strconv.Itoa(n), service)
	return err
}

// Replace implements [Driver].
func (c *Compose) Replace(ctx context.Context, service string) error {
	old, err := c.containers(ctx, service)
	if err != nil {
		return err
	}
	for _, id := range old {
		if err := c.scale(ctx, service, len(old)+1); err != nil {
			return err
		}
		if _, err := command(ctx, "docker", "stop", "--time", "30", id); err != nil {
			return err
		}
		if _, err := command(ctx, "docker", "rm", id); err != nil {
			return err
		}
	}
	return nil
}

// Kill implements [Driver].
func (c *Compose) Kill(ctx context.Context, service string) error {
	ids, err := c.containers(ctx, service)
	if err != nil {
		return err
	}
	if len(ids) < 2 {
		return fmt.Errorf("%s has %d instances", service, len(ids))
	}
	_, err = command(ctx, "docker", "kill", "--signal", "KILL", ids[0])
	return err
}

// Settle implements [Driver].
func (c *Compose) Settle(ctx context.Context) error {
	for _, service := range services {
		if _, err := compose(ctx, "rm", "--force", service); err != nil { // those that do not run
			return err
		}
		if err := c.scale(ctx, service, c.size[service]); err != nil {
			return err
		}
	}
	return pause(ctx, 2*time.Second) // for names to be resolved again
}

// Stop implements [Driver].
func (c *Compose) Stop(ctx context.Context, dependency string) error {
	_, err := compose(ctx, "stop", dependency)
	return err
}

// Start implements [Driver].
func (c *Compose) Start(ctx context.Context, dependency string) error {
	_, err := compose(ctx, "start", dependency)
	return err
}

// Instances implements [Driver].
func (c *Compose) Instances(ctx context.Context) (string, error) {
	out, err := compose(ctx, append([]string{"ps", "--quiet", "--all"}, services...)...)
	if err != nil {
		return "", err
	}
	ids := strings.Fields(out)
	slices.Sort(ids)
	return command(ctx, "docker", append([]string{"inspect", "--format", "{{.Name}} {{.State.Status}} {{.State.StartedAt}} {{.RestartCount}}"}, ids...)...)
}
