package telemetry_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
)

// pieces keeps what is written to it, piece by piece.
type pieces struct {
	mu  sync.Mutex
	all []string
	err error
}

func (p *pieces) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, string(b))
	return len(b), p.err
}

func (p *pieces) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.all
	p.all = nil
	return all
}

func TestBufferSendsWhatComesTogether(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		out := new(pieces)
		buffer := telemetry.NewBuffer(out)
		write := func(text string) {
			n, err := buffer.Write([]byte(text))
			require.NoError(t, err)
			require.Equal(t, len(text), n)
		}
		write("a\n")
		time.Sleep(60 * time.Millisecond)
		write("b\n")
		require.Empty(t, out.take())
		time.Sleep(50 * time.Millisecond) // the first has waited a tenth of a second
		synctest.Wait()
		require.Equal(t, []string{"a\nb\n"}, out.take())
		write("c\n")
		require.NoError(t, buffer.Flush())
		require.Equal(t, []string{"c\n"}, out.take())
		require.NoError(t, buffer.Flush())
		time.Sleep(time.Second)
		require.Empty(t, out.take(), "nothing is sent twice, and no empty piece")
	})
}

func TestBufferKeepsLinesWholeAndInOrder(t *testing.T) {
	t.Parallel()

	out := new(pieces)
	buffer := telemetry.NewBuffer(out)
	var want bytes.Buffer
	for i := range 1000 {
		line := strings.Repeat(string(rune('a'+i%26)), i%500) + "\n"
		if i == 700 {
			line = strings.Repeat("long", 20_000) + "\n"
		}
		want.WriteString(line)
		_, err := buffer.Write([]byte(line))
		require.NoError(t, err)
	}
	require.NoError(t, buffer.Flush())
	all := out.take()
	require.Less(t, len(all), 20)
	for _, piece := range all {
		require.True(t, strings.HasSuffix(piece, "\n"), "a line is divided")
	}
	require.Equal(t, want.String(), strings.Join(all, ""))
}

func TestBufferTellsOfAFailedWrite(t *testing.T) {
	t.Parallel()

	full := errors.New("disk full")
	buffer := telemetry.NewBuffer(&pieces{err: full})
	_, err := buffer.Write([]byte("a\n"))
	require.NoError(t, err)
	require.ErrorIs(t, buffer.Flush(), full)
	require.NoError(t, buffer.Flush())
}

func TestWarningsDoNotWait(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		out := new(pieces)
		log, err := telemetry.NewLogger(telemetry.NewBuffer(out), "")
		require.NoError(t, err)
		log = log.With("a", 1).WithGroup("g")
		log.Info("one")
		require.Empty(t, out.take())
		log.Warn("two")
		require.Len(t, out.take(), 1)
		log.Error("three")
		require.Len(t, out.take(), 1)
	})
}
