package coherent_test

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
)

// BenchmarkHitInMemory is the cost of an answer from the first level: the body
// is not copied, and the second level not asked. The position is one with
// atomics, as a follower has it.
func BenchmarkHitInMemory(b *testing.B) {
	for name, key := range map[string]coherent.Key{
		"Item": coherent.Item("0199c1f0-4e5b-7000-8000-000000000001"),
		"List": coherent.List("category=&max_price=&min_price=&page=1&page_size=20&q=lamp&sort=name"),
	} {
		b.Run(name, func(b *testing.B) {
			var calls atomic.Int64
			shared := &wire{SecondLevel: memoryl2.New(clock), before: func(string) { calls.Add(1) }}
			c := coherent.New(coherent.Config{Name: "bench", Store: shared})
			defer c.Close()
			c.Follow(still{})
			require.NoError(b, c.Reset(b.Context(), still{}.Applied()))
			load := func(context.Context) (coherent.Entry, error) {
				return coherent.Entry{AsOf: 1, Version: 1, Body: bytes.Repeat([]byte("x"), 16<<10)}, nil
			}
			_, err := c.Get(b.Context(), key, 0, load)
			require.NoError(b, err)
			filled := calls.Load()
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := c.Get(context.Background(), key, 0, load); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(calls.Load()-filled)/float64(b.N), "l2-calls/op")
		})
	}
}

// still is the position of a log in which nothing happens.
type still struct{}

func (still) Applied() commitlog.Head { return commitlog.Head{Epoch: 1, Seq: 1} }

func (still) Fresh() bool { return true }

func (still) Age() time.Duration { return 0 }

func (still) OwnSeq() int64 { return 0 }

func (still) Wait(context.Context, int64) bool { return true }
