package gatewayd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"stockroom/gateway/admission"
)

// validate returns what is wrong with a routing table: everything, so that it
// has to be looked for only once.
func validate(routes []route) error {
	var wrong []error
	seen := map[string]bool{}
	for _, r := range routes {
		name := r.method + " " + r.pattern
		if err := r.check(); err != nil {
			wrong = append(wrong, fmt.Errorf("route %s: %w", name, err))
		}
		if seen[name] {
			wrong = append(wrong, fmt.Errorf("route %s is there twice", name))
		}
		seen[name] = true
	}
	return errors.Join(wrong...)
}

// mostWithin is the longest that a client is kept waiting.
const mostWithin = time.Minute

func (r route) check() error {
	changes := slices.Contains([]string{"POST", "PUT", "PATCH"}, r.method)
	switch {
	case !changes && r.method != "GET" && r.method != "DELETE":
		return errors.New("the method is not one that is forwarded")
	case !isPattern(r.pattern):
		return errors.New("the pattern is no path")
	case !slices.Contains([]string{auth, users, catalog}, r.service):
		return fmt.Errorf("there is no service %q", r.service)
	case r.within <= 0 || r.within > mostWithin:
		return fmt.Errorf("%v is no time to answer in", r.within)
	case r.cost < ordinary:
		return errors.New("only what the gateway answers itself is free")
	case !slices.Contains(admission.Priorities(), r.priority):
		return errors.New("it has no priority")
	case (r.cost == hashed) != (r.priority == apart):
		return errors.New("what hashes a password waits in the service, and nothing else does")
	case r.streams > feed:
		return errors.New("there is no such way to stream")
	case r.streams == upload && !changes:
		return errors.New("only POST, PUT and PATCH have a body to pass on")
	case (r.streams == download || r.streams == feed) && r.method != "GET":
		return errors.New("only the answer to GET is passed on as it comes")
	}
	return nil
}

func isPattern(pattern string) bool {
	rest, ok := strings.CutPrefix(pattern, "/")
	if !ok {
		return false
	}
	for segment := range strings.SplitSeq(rest, "/") {
		plain := strings.Trim(segment, "abcdefghijklmnopqrstuvwxyz0123456789-._")
		if segment == "" || segment == "." || segment == ".." || (plain != "" && segment != "{}") {
			return false
		}
	}
	return true
}
