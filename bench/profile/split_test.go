package profile_test

import (
	"bytes"
	"testing"

	google "github.com/google/pprof/profile"
	"github.com/stretchr/testify/require"

	"stockroom/bench/profile"
)

func TestSplit(t *testing.T) {
	t.Parallel()

	const serve = "github.com/valyala/fasthttp.(*Server).serveConn"
	data := recorded(t, map[int64][]string{ // time to stack, the innermost function first
		40: {"internal/runtime/syscall/linux.Syscall6", "syscall.write", "github.com/valyala/fasthttp.(*HostClient).Do", "stockroom/gateway/gatewayd.(*Server).forward", serve},
		30: {"stockroom/pkg/wire.Check", "stockroom/gateway/gatewayd.(*Server).route", serve},
		20: {"runtime.futex", "runtime.mcall"},
		9:  {"runtime.memmove", "log/slog.(*handleState).appendAttr", "stockroom/gateway/gatewayd.(*Server).conclude", serve},
		1:  {"runtime.memclr", "runtime.mallocgc", "log/slog.(*Logger).LogAttrs", serve},
	})
	parts, err := profile.Split(data)
	require.NoError(t, err)
	require.Equal(t, []profile.Part{
		{Name: "HTTP with the service", Kernel: 0.4},
		{Name: "framing, headers and path", Self: 0.3},
		{Name: "scheduling", Kernel: 0.2},
		{Name: "log", Self: 0.09},
		{Name: "memory", Self: 0.01},
	}, parts)
}

// recorded returns a profile of stacks.
func recorded(t *testing.T, stacks map[int64][]string) []byte {
	t.Helper()

	p := &google.Profile{SampleType: []*google.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}}
	for spent, stack := range stacks {
		sample := &google.Sample{Value: []int64{1, spent}}
		for _, name := range stack {
			f := &google.Function{ID: uint64(len(p.Function)) + 1, Name: name}
			at := &google.Location{ID: f.ID, Line: []google.Line{{Function: f}}}
			p.Function, p.Location = append(p.Function, f), append(p.Location, at)
			sample.Location = append(sample.Location, at)
		}
		p.Sample = append(p.Sample, sample)
	}
	var out bytes.Buffer
	require.NoError(t, p.Write(&out))
	return out.Bytes()
}
