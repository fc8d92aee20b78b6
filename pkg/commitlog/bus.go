package commitlog

import (
	"context"
	"errors"
	"slices"
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// Bus carries messages between processes, as fast as it can and no more: they
// may be lost, doubled or late. Every implementation passes commitlogtest.TestBus.
type Bus interface {
	// Publish sends data to whoever is subscribed to subject at the moment. It
	// does not wait for them, and the caller may reuse data afterwards. The trace
	// of ctx goes along.
	Publish(ctx context.Context, subject string, data []byte) error

	// Subscribe calls receive with every message that arrives on subject, one at
	// a time and in the order in which one publisher sent them, until stop is
	// called. interrupted is called whenever messages may have been lost, and
	// when they can arrive again. Both are to return soon. When stop returns they
	// have ended, so they must not call it.
	// The context of receive is there for the trace that the message belongs to.
	Subscribe(subject string, receive func(ctx context.Context, data []byte), interrupted func()) (stop func(), err error)
}

// LocalBus is a [Bus] within one process. A message for a subscriber that is far
// behind is lost. The zero value is ready.
type LocalBus struct {
	mu   sync.Mutex
	subs map[string][]*localSub
}

var _ Bus = (*LocalBus)(nil)

const localBacklog = 1024 // messages that a slow subscriber may be behind

var errSlow = errors.New("a subscriber is too slow")

type message struct {
	data []byte
	span trace.Span
}

type localSub struct {
	messages    chan message
	interrupted func()
	done        chan struct{}
}

// Publish implements [Bus].
func (b *LocalBus) Publish(ctx context.Context, subject string, data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	for _, s := range b.subs[subject] {
		select {
		case s.messages <- message{slices.Clone(data), trace.SpanFromContext(ctx)}:
		default:
			err = errSlow
			s.interrupted()
		}
	}
	return err
}

// Subscribe implements [Bus]. It owns a goroutine that ends with stop.
func (b *LocalBus) Subscribe(subject string, receive func(context.Context, []byte), interrupted func()) (stop func(), err error) {
	s := &localSub{messages: make(chan message, localBacklog), interrupted: interrupted, done: make(chan struct{})}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case m := <-s.messages:
				receive(trace.ContextWithSpan(context.Background(), m.span), m.data)
			case <-s.done:
				return
			}
		}
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = map[string][]*localSub{}
	}
	b.subs[subject] = append(b.subs[subject], s)
	return sync.OnceFunc(func() {
		b.mu.Lock()
		b.subs[subject] = slices.DeleteFunc(b.subs[subject], func(o *localSub) bool { return o == s })
		b.mu.Unlock()
		close(s.done)
		wg.Wait()
	}), nil
}
