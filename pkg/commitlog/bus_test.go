package commitlog_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
)

func TestLocalBus(t *testing.T) {
	t.Parallel()

	commitlogtest.TestBus(t, func(*testing.T) commitlog.Bus { return new(commitlog.LocalBus) })
}

func TestLocalBusTellsWhoIsTooSlow(t *testing.T) {
	t.Parallel()

	b := new(commitlog.LocalBus)
	block, interrupted := make(chan struct{}), make(chan struct{}, 1)
	stop, err := b.Subscribe("log", func(context.Context, []byte) { <-block }, func() {
		select {
		case interrupted <- struct{}{}:
		default:
		}
	})
	require.NoError(t, err)
	for err == nil {
		err = b.Publish(t.Context(), "log", []byte("news"))
	}
	<-interrupted
	close(block)
	stop()
}
