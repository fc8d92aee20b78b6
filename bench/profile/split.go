package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// Part is what a program does for one purpose, as a share of all its time.
type Part struct {
	Name         string
	Kernel, Self float64 // in system calls, and outside of them
}

// rule says for what a function works, by the beginning of its name.
type rule struct{ prefix, part string }

// rules are tried on each function of a stack, from the one that runs to the one
// that started it all: the first that fits says what the time was spent for.
var rules = []rule{
	{"runtime.mallocgc", "memory"},
	{"runtime.gc", "memory"},
	{"runtime.bgsweep", "memory"},
	{"runtime.bgscavenge", "memory"},
	{"log/slog.", "log"},
	{"stockroom/pkg/telemetry.(*Buffer)", "log"},
	{"stockroom/pkg/telemetry.contextual", "log"},
	{"stockroom/pkg/telemetry.lines", "log"},
	{"stockroom/pkg/telemetry.LogRequest", "log"},
	{"stockroom/pkg/telemetry.", "metrics, request id, trace"},
	{"github.com/prometheus/", "metrics, request id, trace"},
	{"stockroom/pkg/tracing.", "metrics, request id, trace"},
	{"stockroom/gateway/ratelimit.", "limits"},
	{"stockroom/gateway/gatewayd.(*Server).limit", "limits"},
	{"stockroom/pkg/token.", "token"},
	{"stockroom/gateway/gatewayd.(*Server).admit", "token"},
	{"stockroom/pkg/wire.(*Conn)", "HTTP with the client"},
	{"stockroom/pkg/wire.", "framing, headers and path"},
	{"stockroom/gateway/upstream.", "HTTP with the service"},
	{"github.com/valyala/fasthttp.(*HostClient)", "HTTP with the service"},
	{"stockroom/gateway/", "routing, and making the request and the answer"},
	{"github.com/valyala/fasthttp.(*Server)", "HTTP with the client"},
	{"github.com/valyala/fasthttp.(*workerPool)", "HTTP with the client"},
}

// scheduling is what belongs to no request: waking up whoever waits, and looking
// for work.
const scheduling = "scheduling"

// Split divides a CPU profile into parts, the largest first.
func Split(data []byte) ([]Part, error) {
	p, err := profile.ParseData(data)
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	parts, all := map[string]*Part{}, 0.0
	for _, s := range p.Sample {
		stack := functions(s)
		name := purpose(stack)
		part := parts[name]
		if part == nil {
			part = &Part{Name: name}
			parts[name] = part
		}
		spent := float64(s.Value[len(s.Value)-1])
		if all += spent; isCall(stack) {
			part.Kernel += spent
		} else {
			part.Self += spent
		}
	}
	return shares(parts, all), nil
}

func functions(s *profile.Sample) (names []string) {
	for _, at := range s.Location {
		for _, line := range at.Line {
			if line.Function != nil {
				names = append(names, line.Function.Name)
			}
		}
	}
	return names
}

func purpose(stack []string) string {
	for _, name := range stack {
		for _, r := range rules {
			if strings.HasPrefix(name, r.prefix) {
				return r.part
			}
		}
	}
	return scheduling
}

// isCall tells whether a stack ends in the kernel.
func isCall(stack []string) bool {
	if len(stack) == 0 {
		return false
	}
	for _, call := range []string{"internal/runtime/syscall", "runtime.futex", "runtime.usleep", "runtime.tgkill", "runtime.madvise"} {
		if strings.HasPrefix(stack[0], call) {
			return true
		}
	}
	return false
}

func shares(parts map[string]*Part, all float64) []Part {
	sorted := make([]Part, 0, len(parts))
	for _, p := range parts {
		sorted = append(sorted, Part{p.Name, p.Kernel / all, p.Self / all})
	}
	slices.SortFunc(sorted, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Kernel+b.Self, a.Kernel+a.Self), cmp.Compare(a.Name, b.Name))
	})
	return sorted
}
