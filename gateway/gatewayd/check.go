package gatewayd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"stockroom/gateway/admission"
)

// checkRoutes finds what is wrong in a routing table.
func checkRoutes(all []route) error {
	var wrong []error
	taken := map[string]bool{}
	for _, r := range all {
		name := r.method + " " + r.pattern
		if taken[name] {
			wrong = append(wrong, fmt.Errorf("route %s is there twice", name))
		}
		taken[name] = true
		if problem := r.problem(); problem != "" {
			wrong = append(wrong, fmt.Errorf("route %s: %s", name, problem))
		}
	}
	return errors.Join(wrong...)
}

func (r route) problem() string {
	switch {
	case knownMethod([]byte(r.method)) != r.method:
		return "there is no such method"
	case !strings.HasPrefix(r.pattern, "/"):
		return "its pattern is not a path"
	case !slices.Contains([]string{auth, users, catalog}, r.service):
		return "there is no such service"
	case r.within <= 0:
		return "it has no time"
	case r.cost < ordinary:
		return "it costs nothing"
	case !slices.Contains(admission.Priorities(), r.priority):
		return "it has no priority"
	case (r.cost == hashed) != (r.priority == admission.Apart):
		return "what hashes a password waits in the service, and nothing else does"
	}
	return ""
}
