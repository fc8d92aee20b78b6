package gatewayd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"stockroom/gateway/upstream"
	"stockroom/pkg/wire"
)

// flows is what is being passed on piece by piece.
type flows struct {
	mu      sync.Mutex
	all     map[*flow]struct{}
	leaving bool // feeds end
}

// flow is one request whose body or answer is passed on as it comes. While it
// moves, it goes on; when one side leaves or stands still, both sides end.
type flow struct {
	ctx    context.Context // of the request to the service
	cancel context.CancelCauseFunc
	slow   *time.Timer // ends it when the service stands still
	last   *time.Timer // ends it in any case
	within time.Duration
	conn   *wire.Conn
	of     *flows
	route  route

	mu     sync.Mutex // held while the body is read
	body   io.Reader  // of the request; nil: none
	left   int64      // of it, if that is known
	unread error      // why the client's body could not be read

	over    atomic.Bool // nobody reads the body any more
	answer  io.ReadCloser
	watcher sync.WaitGroup
	once    sync.Once
}

var errOver = errors.New("the answer came before the end of the request")

func (fs *flows) begin(ctx context.Context, r route, conn *wire.Conn) *flow {
	ctx, cancel := context.WithCancelCause(ctx)
	f := &flow{ctx: ctx, cancel: cancel, within: r.within, conn: conn, of: fs, route: r}
	f.slow = time.AfterFunc(r.within, func() { cancel(upstream.ErrTimeout) })
	f.last = time.AfterFunc(longest, func() { cancel(upstream.ErrTimeout) })
	conn.Pace(pieceTimeout)
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.all == nil {
		fs.all = map[*flow]struct{}{}
	}
	fs.all[f] = struct{}{}
	if fs.leaving && r.streams == feed {
		cancel(upstream.ErrLeft)
	}
	return f
}

// endFeeds ends what does not end by itself.
func (fs *flows) endFeeds() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.leaving = true
	for f := range fs.all {
		if f.route.streams == feed {
			f.cancel(upstream.ErrLeft)
		}
	}
}

// watch ends f when the client leaves.
func (f *flow) watch() {
	f.watcher.Go(func() {
		f.conn.Watch(func() { f.cancel(upstream.ErrLeft) })
	})
}

// end ends f on both sides, and returns when nobody uses its connection any more.
func (f *flow) end() {
	f.once.Do(func() {
		f.slow.Stop()
		f.last.Stop()
		f.cancel(upstream.ErrLeft)
		f.stopReading()
		f.watcher.Wait()
		f.of.mu.Lock()
		defer f.of.mu.Unlock()
		delete(f.of.all, f)
	})
}

// stopReading waits until nobody reads the body any more.
func (f *flow) stopReading() {
	f.over.Store(true)
	f.conn.Cut()
	f.mu.Lock()
	defer f.mu.Unlock() // nobody reads now, or ever again
}

// Read gives the service the body of the request. When its answer has come
// before the end of that, it waits for the end of the answer: to fail would end
// the connection that the answer comes over.
func (f *flow) Read(p []byte) (int, error) {
	n, err := f.read(p)
	if errors.Is(err, errOver) {
		<-f.ctx.Done()
	}
	return n, err
}

func (f *flow) read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over.Load() {
		return 0, errOver
	}
	f.slow.Stop() // it is the client's turn
	n, err := f.body.Read(p)
	f.left -= int64(n)
	if errors.Is(err, io.EOF) && (f.left > 0 || f.conn.Ended()) {
		err = io.ErrUnexpectedEOF
	}
	switch {
	case err == nil:
		f.slow.Reset(pause)
	case errors.Is(err, io.EOF):
		f.slow.Reset(f.within)
	case f.over.Load():
		return 0, errOver
	default:
		f.unread = err
		f.cancel(upstream.ErrLeft)
	}
	return n, err
}

// Close implements [io.Closer]. Only [flow.end] ends anything.
func (f *flow) Close() error { return nil }

// answerOf is the answer as the client reads it.
type answerOf struct{ *flow }

// Read implements [io.Reader].
func (f answerOf) Read(p []byte) (int, error) {
	f.slow.Reset(pause)
	n, err := f.answer.Read(p)
	f.slow.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("pass on: %w", err)
	}
	return n, err
}

// Close implements [io.Closer].
func (f answerOf) Close() error {
	f.end()
	return f.answer.Close()
}
