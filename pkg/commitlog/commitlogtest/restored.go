package commitlogtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
)

func restoredLogRepeatsNoNumber(t *testing.T, s Subject) {
	before, err := s.Write(t.Context(), commitlog.Entry{IDs: []string{idA}, Kind: "k"}, nil)
	require.NoError(t, err)

	first, err := commitlog.Restored(t.Context(), s, time.Now())
	require.NoError(t, err)
	require.Greater(t, first.Epoch, before.Epoch)
	lost, err := s.Write(t.Context(), commitlog.Entry{IDs: []string{idA}, Kind: "k"}, nil)
	require.NoError(t, err)
	require.Equal(t, commitlog.Head{Epoch: first.Epoch, Seq: first.Seq + 1}, lost.Head())

	again, err := commitlog.Restored(t.Context(), s, time.Now())
	require.NoError(t, err)
	require.Greater(t, again.Epoch, first.Epoch)
	require.Greater(t, again.Seq, lost.Seq)
	events, err := s.Since(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, events, 2, "what is known of the past stays")

	_, err = commitlog.Restored(t.Context(), s, time.Now().Add(-time.Hour))
	require.ErrorContains(t, err, "clock", "numbers would be given twice")
}
