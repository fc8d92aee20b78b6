package load_test

import (
	"fmt"
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
	var session struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	ask(b, sh.login, &session)
	renew := func() {
		ask(b, sh.as("POST", "/api/v1/auth/refresh", fasthttp.StatusOK, fmt.Sprintf(`{"refresh_token":%q}`, session.Refresh)), &session)
		fresh := session.Access
		token.Store(&fresh)
	}

	renew()

	stop, done := make(chan struct{}), make(chan int)
	go func() { // a new token ten times a second, so that each key is used at once
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
