package fleet

import (
	"context"
	"fmt"
	"strings"
)

// Kubernetes drives Deployments that are named like their services.
type Kubernetes struct {
	Namespace string
	Label     string // of pods, whose value is the name of their service
}

const rolloutTimeout = "--timeout=180s"

func (k Kubernetes) kubectl(ctx context.Context, args ...string) (string, error) {
	return command(ctx, "kubectl", append([]string{"--namespace", k.Namespace}, args...)...)
}

// Replace implements [Driver].
func (k Kubernetes) Replace(ctx context.Context, service string) error {
	if _, err := k.kubectl(ctx, "rollout", "restart", "deployment/"+service); err != nil {
		return err
	}
	_, err := k.kubectl(ctx, "rollout", "status", "deployment/"+service, rolloutTimeout)
	return err
}

// Kill implements [Driver].
func (k Kubernetes) Kill(ctx context.Context, service string) error {
	pods, err := k.kubectl(ctx, "get", "pods", "--selector", k.Label+"="+service,
		"--field-selector", "status.phase=Running", "--output", "name")
	if err != nil {
		return err
	}
	all := strings.Fields(pods)
	if len(all) < 2 {
		return fmt.Errorf("%s has %d pods", service, len(all))
	}
	_, err = k.kubectl(ctx, "delete", all[0], "--grace-period=0", "--force", "--wait=false")
	return err
}

// Settle implements [Driver].
func (k Kubernetes) Settle(ctx context.Context) error {
	for _, service := range services {
		if _, err := k.kubectl(ctx, "rollout", "status", "deployment/"+service, rolloutTimeout); err != nil {
			return err
		}
	}
	return nil
}

// Stop implements [Driver].
func (k Kubernetes) Stop(ctx context.Context, dependency string) error {
	return k.scale(ctx, dependency, "0")
}

// Start implements [Driver].
func (k Kubernetes) Start(ctx context.Context, dependency string) error {
	return k.scale(ctx, dependency, "1")
}

func (k Kubernetes) scale(ctx context.Context, dependency, n string) error {
	what, err := k.kubectl(ctx, "get", "statefulsets,deployments", "--output", "name",
		"--field-selector", "metadata.name="+dependency)
	if err != nil {
		return err
	}
	_, err = k.kubectl(ctx, "scale", what, "--replicas", n)
	return err
}

// Instances implements [Driver].
func (k Kubernetes) Instances(ctx context.Context) (string, error) {
	return k.kubectl(ctx, "get", "pods", "--selector", k.Label+" in ("+strings.Join(services, ",")+")", "--sort-by", "metadata.name",
		"--output", "jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[*].restartCount}{'\\n'}{end}")
}
