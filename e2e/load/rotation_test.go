package load_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/e2e/stack"
)

// BenchmarkKeyRotation uses tokens while one signing key follows another every
// six seconds, and fails if a good one is refused:
//
//	go test ./e2e/load -run '^$' -bench KeyRotation -benchtime 30s
func BenchmarkKeyRotation(b *testing.B) {
	s := stack.Processes(b, stack.Options{Auth: map[string]string{"KEY_LEAD": "5s"}})
	sh := &shop{system: s}
	var token atomic.Pointer[string]
	renew := func() {
		sh.signIn(b)
		fresh := sh.token
		token.Store(&fresh)
	}
	renew()

	stop, done := make(chan struct{}), make(chan int)
	go func() { // signs in ten times a second, so that each key is used at once
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		rotations := 0
		for n := 0; ; n++ {
			select {
			case <-stop:
				done <- rotations
				return
			case <-tick.C:
			}
			if n%60 == 0 {
				s.RotateKeys(b)
				rotations++
			}
			renew()
		}
	}()
	load(b, s, func(req *fasthttp.Request) int {
		want := sh.get(req, "/api/v1/auth/me")
		req.Header.Set("Authorization", "Bearer "+*token.Load())
		return want
	})
	close(stop)
	b.ReportMetric(float64(<-done), "rotations")
}
