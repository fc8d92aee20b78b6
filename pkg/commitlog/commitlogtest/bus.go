package commitlogtest

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/tracing"
)

const patience = 10 * time.Second

// TestBus checks that the buses returned by open behave as [commitlog.Bus]
// demands. Each call of open must return a bus with nobody on it.
func TestBus(t *testing.T, open func(t *testing.T) commitlog.Bus) {
	t.Helper()

	for name, test := range map[string]func(t *testing.T, b commitlog.Bus){
		"EverySubscriberHears":       everySubscriberHears,
		"OrderOfOnePublisherIsKept":  orderOfOnePublisherIsKept,
		"OtherSubjectsAreNotHeard":   otherSubjectsAreNotHeard,
		"DataMayBeReused":            dataMayBeReused,
		"StoppedSubscriberHearsNone": stoppedSubscriberHearsNone,
		"StopEndsWhatIsUnderWay":     stopEndsWhatIsUnderWay,
		"NobodyListening":            nobodyListening,
		"TraceGoesAlong":             traceGoesAlong,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			test(t, open(t))
		})
	}
}

// listen subscribes and waits until messages really arrive.
func listen(t *testing.T, b commitlog.Bus, subject string) (heard chan string, stop func()) {
	t.Helper()

	heard = make(chan string, 10_000)
	stop, err := b.Subscribe(subject, func(_ context.Context, data []byte) { heard <- string(data) }, func() {})
	require.NoError(t, err)
	t.Cleanup(stop)
	require.Eventually(t, func() bool {
		if err := b.Publish(t.Context(), subject, []byte("hello")); err != nil {
			return false
		}
		select {
		case <-heard:
			return true
		case <-time.After(20 * time.Millisecond):
			return false
		}
	}, patience, time.Millisecond, "nothing arrives")
	return heard, stop
}

// expect takes want from heard, past what listen has said.
func expect(t *testing.T, heard chan string, want string) {
	t.Helper()

	timeout := time.After(patience)
	for {
		select {
		case got := <-heard:
			if got == "hello" {
				continue
			}
			require.Equal(t, want, got)
			return
		case <-timeout:
			require.FailNow(t, "not heard", want)
		}
	}
}

func everySubscriberHears(t *testing.T, b commitlog.Bus) {
	one, _ := listen(t, b, "log")
	two, _ := listen(t, b, "log")
	require.NoError(t, b.Publish(t.Context(), "log", []byte("news")))
	expect(t, one, "news")
	expect(t, two, "news")
}

func orderOfOnePublisherIsKept(t *testing.T, b commitlog.Bus) {
	heard, _ := listen(t, b, "log")
	for i := range 500 {
		require.NoError(t, b.Publish(t.Context(), "log", fmt.Append(nil, i)))
	}
	for i := range 500 {
		expect(t, heard, fmt.Sprint(i))
	}
}

func otherSubjectsAreNotHeard(t *testing.T, b commitlog.Bus) {
	heard, _ := listen(t, b, "log")
	require.NoError(t, b.Publish(t.Context(), "other", []byte("noise")))
	require.NoError(t, b.Publish(t.Context(), "log", []byte("news")))
	expect(t, heard, "news")
}

func dataMayBeReused(t *testing.T, b commitlog.Bus) {
	heard, _ := listen(t, b, "log")
	data := []byte("news")
	require.NoError(t, b.Publish(t.Context(), "log", data))
	copy(data, "xxxx")
	expect(t, heard, "news")
}

func stoppedSubscriberHearsNone(t *testing.T, b commitlog.Bus) {
	stopped, stop := listen(t, b, "log")
	stop()
	stop() // a second time does nothing
	for len(stopped) > 0 {
		<-stopped
	}
	other, _ := listen(t, b, "log")
	require.NoError(t, b.Publish(t.Context(), "log", []byte("news")))
	expect(t, other, "news")
	require.Empty(t, stopped)
}

// stopEndsWhatIsUnderWay stops while messages keep arriving: what receive uses
// may be gone when stop returns.
func stopEndsWhatIsUnderWay(t *testing.T, b commitlog.Bus) {
	listen(t, b, "log")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for i := range 5000 {
			_ = b.Publish(t.Context(), "log", fmt.Append(nil, i)) // it may be too much for somebody
			runtime.Gosched()
		}
	}()
	for range 20 {
		var stopped atomic.Bool
		heard := make(chan struct{}, 1)
		stop, err := b.Subscribe("log", func(context.Context, []byte) {
			select {
			case heard <- struct{}{}:
			default:
			}
			runtime.Gosched() // so that stop may come between
			if stopped.Load() {
				t.Error("heard after stop")
			}
		}, func() {})
		require.NoError(t, err)
		select {
		case <-heard:
		case <-ended:
		}
		stop()
		stopped.Store(true)
	}
	<-ended
}

func nobodyListening(t *testing.T, b commitlog.Bus) {
	heard, _ := listen(t, b, "log")
	require.NoError(t, b.Publish(t.Context(), "empty", []byte("lost")))
	late, _ := listen(t, b, "empty")
	require.NoError(t, b.Publish(t.Context(), "empty", []byte("news")))
	expect(t, late, "news")
	require.Empty(t, heard)
}

func traceGoesAlong(t *testing.T, b commitlog.Bus) {
	const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	traced := tracing.Extract(t.Context(), parent, "")
	want := trace.SpanContextFromContext(traced).TraceID()
	require.True(t, want.IsValid())

	heard := make(chan trace.TraceID, 1)
	stop, err := b.Subscribe("log", func(ctx context.Context, _ []byte) {
		select {
		case heard <- trace.SpanContextFromContext(ctx).TraceID():
		default:
		}
	}, func() {})
	require.NoError(t, err)
	t.Cleanup(stop)
	require.Eventually(t, func() bool {
		if b.Publish(traced, "log", []byte("news")) != nil {
			return false
		}
		select {
		case got := <-heard:
			return got == want
		case <-time.After(20 * time.Millisecond):
			return false
		}
	}, patience, time.Millisecond, "the trace is lost")
}
