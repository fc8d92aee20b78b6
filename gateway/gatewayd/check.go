package gatewayd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"stockroom/gateway/admission"
)

// mostWithin is the longest that a client is kept waiting.
const mostWithin = time.Minute

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
	changes := slices.Contains([]string{"POST", "PUT", "PATCH"}, r.method)
	switch {
	case !changes && r.method != "GET" && r.method != "DELETE":
		return "its method is not one that is forwarded"
	case !isPattern(r.pattern):
		return "its pattern is not a path"
	case !slices.Contains([]string{auth, users, catalog}, r.service):
		return "there is no such service"
	case r.within <= 0:
		return "it has no time"
	case r.within > mostWithin:
		return "nobody waits for so long"
	case r.cost < ordinary:
		return "it costs nothing"
	case !slices.Contains(admission.Priorities(), r.priority):
		return "it has no priority"
	case (r.cost == hashed) != (r.priority == admission.Apart):
		return "what hashes a password waits in the service, and nothing else does"
	case r.streams > feed:
		return "there is no such way to stream"
	case r.streams == upload && !changes:
		return "only POST, PUT and PATCH have a body to pass on"
	case (r.streams == download || r.streams == feed) && r.method != "GET":
		return "only the answer to GET is passed on as it comes"
	}
	return ""
}

func isPattern(pattern string) bool {
	rest, ok := strings.CutPrefix(pattern, "/")
	if !ok {
		return false
	}
	for segment := range strings.SplitSeq(rest, "/") {
		special := strings.Trim(segment, "abcdefghijklmnopqrstuvwxyz0123456789-._")
		if segment == "" || segment == "." || segment == ".." || (special != "" && segment != "{}") {
			return false
		}
	}
	return true
}
