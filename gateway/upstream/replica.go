package upstream

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/gateway/admission"
	"stockroom/pkg/wire"
)

const (
	dialTimeout  = 2 * time.Second  // a replica that is there answers in a millisecond
	idleTime     = 15 * time.Second // far below the 75 s after which services hang up
	probeTimeout = time.Second
	maxFailures  = 3        // in a row, and the replica is left out until a probe succeeds
	maxAnswer    = 64 << 20 // 100 products with the longest descriptions, escaped, fit
	maxHead      = 16 << 10
)

type replica struct {
	probeURL string
	every    time.Duration
	log      *slog.Logger
	client   *fasthttp.HostClient
	room     admission.Room
	prober   *http.Client
	doubted  func()      // it may not be there any more
	ready    atomic.Bool // and proven: gets requests
	proven   atomic.Bool // it has been ready, so it is what it should be
	asked    atomic.Bool // probed at least once
	left     atomic.Bool // gets no requests any more
	failures atomic.Int32
	under    atomic.Int32 // way, besides streams
	answers  *wire.Budget
	streams  streamed
}

func newReplica(at place, cfg Config) *replica {
	addr := at.public()
	return &replica{
		probeURL: "http://" + at.internal() + "/readyz",
		every:    cfg.ProbeEvery,
		answers:  cfg.Answers,
		streams:  streamed{transport: newTransport()},
		doubted:  func() {},
		log:      cfg.Log.With("upstream", cfg.Name, "addr", addr),
		prober:   &http.Client{Timeout: probeTimeout, Transport: &http.Transport{MaxIdleConns: 1, IdleConnTimeout: idleTime}},
		client: &fasthttp.HostClient{
			Addr:                addr,
			DialTimeout:         cfg.dial,
			MaxConns:            admission.MaxAtOnce,
			MaxIdleConnDuration: idleTime,
			ConnPoolStrategy:    fasthttp.LIFO, // so that those not needed become idle
		},
	}
}

// do sends q over one of the connections, which the library keeps.
func (r *replica) do(q *Request, a *Answer, within time.Duration, until time.Time) error {
	r.under.Add(1)
	defer r.under.Add(-1)
	a.reset(r.answers)
	err := r.exchange(q, a, within, until)
	if r.left.Load() {
		r.client.CloseIdleConnections() // this was the last one, or not the last to do so
	}
	if err != nil {
		a.reset(r.answers)
		return r.failure(err)
	}
	if r.failures.Load() != 0 {
		r.failures.Store(0)
	}
	return nil
}

func (r *replica) exchange(q *Request, a *Answer, within time.Duration, until time.Time) error {
	if within <= 0 {
		return ErrTimeout
	}
	c, err := r.client.AcquireConn(within, false)
	if err != nil {
		return err
	}
	reusable, err := c.Conn().(*conn).exchange(q, a, within, until) //nolint:forcetypeassert // see Config.dial
	if err == nil && reusable {
		r.client.ReleaseConn(c)
	} else {
		r.client.CloseConn(c)
	}
	return err
}

// failure returns what err means, and does what follows from it.
func (r *replica) failure(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, wire.ErrOverloaded): // it is not to blame
		return ErrBusy
	case errors.Is(err, fasthttp.ErrNoFreeConns):
		return ErrBusy
	case errors.Is(err, errStale):
		r.client.CloseIdleConnections() // the others are as old
		return fmt.Errorf("%w: %w", ErrAway, err)
	case errors.Is(err, errDial):
		r.leaveOut(err)
		r.doubted()
		return fmt.Errorf("%w: %w", ErrAway, err)
	case errors.Is(err, ErrTimeout), errors.As(err, &timeout) && timeout.Timeout():
		r.failed(err)
		return ErrTimeout
	}
	err = known(err)
	r.failed(err)
	return fmt.Errorf("%w: %w", ErrBroken, err)
}

// known returns what may be told of err: what others say of it may repeat bytes
// of the answer.
func known(err error) error {
	var (
		wrong  nonsense
		broken *net.OpError
		failed *os.SyscallError
	)
	switch {
	case errors.As(err, &wrong):
		return wrong
	case errors.As(err, &broken):
		return broken
	case errors.As(err, &failed):
		return failed
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errEnd
	case errors.Is(err, errTooLarge):
		return errTooLarge
	}
	return errUnread
}

// Room implements [admission.Replica].
func (r *replica) Room() *admission.Room { return &r.room }

// better reports whether r should be asked rather than other.
func (r *replica) better(other *replica, priority admission.Priority, tried *replica) bool {
	if a, b := r.rank(priority, tried), other.rank(priority, tried); a != b {
		return a > b
	}
	if r.room.Less(&other.room) || other.room.Less(&r.room) {
		return r.room.Less(&other.room)
	}
	return r.streams.under.Load() < other.streams.under.Load()
}

// pending is how many requests r is answering.
func (r *replica) pending() int { return int(r.under.Load()) + int(r.streams.under.Load()) }

func (r *replica) rank(priority admission.Priority, tried *replica) int {
	rank := 0
	if r.ready.Load() {
		rank += 4
	}
	if r.room.Free(priority) {
		rank += 2
	}
	if r != tried {
		rank++
	}
	return rank
}

func (r *replica) failed(err error) {
	if r.failures.Add(1) >= maxFailures {
		r.leaveOut(err)
	}
}

// leaveOut stops sending requests to r, and closes its connections: they may
// belong to a process that is going away.
func (r *replica) leaveOut(err error) {
	if r.ready.CompareAndSwap(true, false) {
		r.log.Warn("upstream is not ready", "err", err)
	}
	r.client.CloseIdleConnections()
}

// leave closes the connections of r, now or as soon as their requests are done.
func (r *replica) leave() {
	r.left.Store(true)
	r.ready.Store(false)
	r.client.CloseIdleConnections()
}
