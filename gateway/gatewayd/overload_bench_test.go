package gatewayd_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	slots    = 10 // of the service
	takes    = 20 * time.Millisecond
	capacity = float64(slots) * float64(time.Second) / float64(takes) // a second
	offering = 10 * time.Second
	inTime   = time.Second // after which nobody waits for an answer any more
)

// BenchmarkOverload offers what a service cannot answer: it has 10 slots of 20
// ms each, and whatever else it gets queues in it. Of 50 requests one signs in, 14 read
// one product, and the others are lists. It takes the same time whatever
// -benchtime says.
func BenchmarkOverload(b *testing.B) {
	for _, rate := range []int{1000, 5000} {
		b.Run(fmt.Sprintf("%d", rate), func(b *testing.B) {
			s := &system{instead: limitedService()}
			s.begin(b)
			for b.Loop() {
				reportOverload(b, s.offer(rate))
			}
		})
	}
}

// limitedService answers exactly so many requests in a second, however late a
// busy machine wakes it up.
func limitedService() http.HandlerFunc {
	free := make(chan time.Time, slots) // when each slot was last
	for range slots {
		free <- time.Time{}
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		end := <-free
		if now := time.Now(); now.Sub(end) > takes {
			end = now
		}
		end = end.Add(takes)
		time.Sleep(time.Until(end))
		free <- end
		_, _ = io.WriteString(w, "{}")
	}
}

// offered is what became of requests.
type offered struct {
	good, shed, signIns []time.Duration
	late, lost          int
	failure             string // of one that was lost
}

// offer sends rate requests per second, whatever becomes of those before, and
// takes their time from when they were due.
func (s *system) offer(rate int) (all offered) {
	var (
		client = &fasthttp.Client{MaxConnsPerHost: 20_000, ReadTimeout: time.Minute}
		mu     sync.Mutex
		wg     sync.WaitGroup
		begin  = time.Now()
		pause  = time.Second / time.Duration(rate)
	)
	defer client.CloseIdleConnections()
	for n := range int(offering / pause) {
		due := begin.Add(time.Duration(n) * pause)
		time.Sleep(time.Until(due))
		wg.Go(func() {
			req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(res)
			path, signIn := "/api/v1/products", n%50 == 0
			switch {
			case signIn:
				path = "/api/v1/auth/login"
				req.Header.SetMethod(http.MethodPost)
			case n%50 < 15:
				path = "/api/v1/products/x"
			}
			req.SetRequestURI(s.url + path)
			err := client.Do(req, res)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			all.note(res.StatusCode(), took, signIn, err)
		})
	}
	wg.Wait()
	return all
}

func (all *offered) note(status int, took time.Duration, signIn bool, err error) {
	switch {
	case err == nil && status == http.StatusServiceUnavailable:
		all.shed = append(all.shed, took)
	case err != nil || status != http.StatusOK:
		all.lost++
		all.failure = fmt.Sprintf("status %d, error %v", status, err)
	case took > inTime:
		all.late++
	default:
		all.good = append(all.good, took)
		if signIn {
			all.signIns = append(all.signIns, took)
		}
	}
}

func reportOverload(b *testing.B, all offered) {
	b.Helper()

	if all.lost > 0 {
		b.Logf("%d requests were lost, such as: %s", all.lost, all.failure)
	}
	for unit, took := range map[string][]time.Duration{"good": all.good, "shed": all.shed, "sign-in": all.signIns} {
		slices.Sort(took)
		for _, p := range []int{50, 99} {
			if len(took) > 0 {
				b.ReportMetric(took[(len(took)-1)*p/100].Seconds()*1000, fmt.Sprintf("%s-p%d-ms", unit, p))
			}
		}
	}
	b.ReportMetric(float64(len(all.good))/offering.Seconds(), "good/s")
	b.ReportMetric(float64(len(all.good))/offering.Seconds()/capacity*100, "%-of-capacity")
	b.ReportMetric(float64(len(all.shed)), "shed")
	b.ReportMetric(float64(all.late), "late")
	b.ReportMetric(float64(all.lost), "lost")
	b.ReportMetric(0, "ns/op")
}
