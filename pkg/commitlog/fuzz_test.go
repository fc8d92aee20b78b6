package commitlog_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
)

// Whatever stands in messages, a follower is where its log is soon afterwards,
// and applies each commit once.
func FuzzMessage(f *testing.F) {
	for _, message := range []string{
		`{"e":1,"s":4,"ids":["a"],"lists":true,"kind":"k","at":"2026-11-25T10:00:00Z"}`,
		`{"e":1,"s":5,"ids":[]}`, `{"e":1,"s":4}`, `{"e":1,"s":9223372036854775807,"ids":[]}`, `{"e":1,"s":3,"ids":["b"]}`,
		`{"e":2,"s":1,"ids":[]}`, `{"e":-1,"s":4,"ids":[]}`, `{"e":1,"s":-4,"ids":[]}`, `{"e":1,"s":4,"ids":[null]}`, `{"e":1e9,"s":4.5}`,
		`{`, ``, `null`, `[]`, `{"E":1,"S":4,"IDS":[]}`,
	} {
		f.Add([]byte(message), []byte(`{"e":1,"s":6,"ids":["c"]}`))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		bus := new(commitlog.LocalBus)
		followOn(t, bus, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
			for _, message := range [][]byte{first, second} {
				require.NoError(t, bus.Publish(t.Context(), "log", message))
			}
			pass(time.Second)
			for _, id := range []string{"x", "y", "z"} {
				src.commit(id)
			}
			pass(3 * time.Second)
			src.set(func(s *source) { require.Equal(t, s.head, f.Applied()) })
			require.True(t, f.Fresh())
			applied, _, _ := snk.seen()
			for i := range applied {
				require.False(t, i > 0 && applied[i] == applied[i-1], "%v", applied)
			}
		})
	})
}
