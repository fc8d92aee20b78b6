package natsbus_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/testkit"
)

func connect(t *testing.T, url string) *natsbus.Bus {
	t.Helper()

	b, err := natsbus.Connect(url, "test", nil)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

func TestBus(t *testing.T) {
	t.Parallel()

	commitlogtest.TestBus(t, func(t *testing.T) commitlog.Bus { return connect(t, testkit.NATS(t)) })
}

// The library's own settings would take minutes to notice, and give up after a while.
func TestServerMayBeAwayAtFirstAndLater(t *testing.T) {
	t.Parallel()

	server := testkit.NewNATSServer(t)
	server.Stop()
	publisher, subscriber := connect(t, server.URL()), connect(t, server.URL())
	require.Error(t, publisher.Publish(t.Context(), "log", []byte("lost")), "old messages are not kept to be sent late")

	heard, interrupted := make(chan string, 1000), make(chan struct{}, 1000)
	stop, err := subscriber.Subscribe("log",
		func(_ context.Context, data []byte) { heard <- string(data) },
		func() { interrupted <- struct{}{} })
	require.NoError(t, err)
	defer stop()

	for range 3 {
		server.Start()
		expectTold(t, interrupted) // it is back
		require.Eventually(t, func() bool {
			if publisher.Publish(t.Context(), "log", []byte("news")) != nil {
				return false
			}
			select {
			case got := <-heard:
				return got == "news"
			case <-time.After(20 * time.Millisecond):
				return false
			}
		}, 20*time.Second, time.Millisecond)
		for len(interrupted) > 0 {
			<-interrupted
		}
		server.Stop()
		expectTold(t, interrupted) // it is away
	}
}

func TestReasonIsLogged(t *testing.T) {
	t.Parallel()

	server := testkit.NewNATSServer(t)
	server.Stop()
	lines := make(chan string, 100)
	log, err := telemetry.NewLogger(lineWriter(lines), "")
	require.NoError(t, err)
	b, err := natsbus.Connect(server.URL(), "test", telemetry.New(log, nil))
	require.NoError(t, err)
	t.Cleanup(b.Close)
	told := func() string {
		select {
		case line := <-lines:
			return line
		case <-time.After(patience):
			return "nothing"
		}
	}
	require.Regexp(t, `"WARN","msg":"connecting to NATS fails","err":"nats: no servers available for connection"`, told())
	server.Start()
	require.Regexp(t, `"INFO","msg":"connecting to NATS works again"`, told())
	server.Stop()
	require.Regexp(t, `"WARN","msg":"connecting to NATS fails"`, told())
}

// lineWriter passes on each line that is written.
type lineWriter chan<- string

func (w lineWriter) Write(line []byte) (int, error) {
	w <- string(line)
	return len(line), nil
}

func TestBadURLIsRefused(t *testing.T) {
	t.Parallel()

	_, err := natsbus.Connect("nats://127.0.0.1:notaport", "test", nil)
	require.Error(t, err)
}
