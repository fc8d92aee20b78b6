// Package natsbus carries messages between processes with core NATS.
package natsbus

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/tracing"
)

// Bus is a [commitlog.Bus] on a NATS server. It works whenever the server can
// be reached, and says so when it could not.
type Bus struct {
	conn   *nats.Conn
	tracer trace.Tracer

	mu            sync.Mutex
	subscriptions []*subscription
}

var _ commitlog.Bus = (*Bus)(nil)

// What may wait for a subscriber. More would be news of long ago, and the log
// has them.
const (
	maxWaiting      = 8192
	maxWaitingBytes = 16 << 20
)

var errURL = errors.New("the URL of NATS must be nats:// or tls://[user:password@]host[:port], with special characters of the password as %XX, or several with commas")

// Connect returns a bus on servers, a list of URLs with commas.
// It succeeds if none answers: the connection is made when one does. name tells
// the server who this is.
//
// In t it logs why there is no connection, once, and that there is one again, and
// begins the spans of messages that arrive; nil: nobody is told.
func Connect(servers, name string, t *telemetry.Telemetry) (*Bus, error) {
	if t == nil {
		t = telemetry.Discard()
	}
	b := &Bus{tracer: t.Traces.Tracer("stockroom")}
	outage := commitlog.NewOutage(t.Log, "connecting to NATS")
	connected := func(*nats.Conn) {
		outage.Note(context.Background(), nil)
		b.tell()
	}
	conn, err := nats.Connect(servers, append(settings(), nats.Name(name),
		nats.ConnectHandler(connected),
		nats.ReconnectHandler(connected),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { outage.Note(context.Background(), err) }),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { b.tell() }),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) { b.tell() }), // a slow subscriber, for one
	)...)
	if _, broken := errors.AsType[*url.Error](err); broken {
		return nil, errURL // without err, which repeats the password
	}
	if err != nil {
		return nil, fmt.Errorf("connect nats: %w", err)
	}
	b.conn = conn
	return b, nil
}

// settings that differ from the library's: those would leave a dead connection
// unnoticed for minutes, stop reconnecting after a while or after two refused
// passwords, and send old messages late.
func settings() []nats.Option {
	return []nats.Option{
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.ReconnectBufSize(-1),
		nats.IgnoreAuthErrorAbort(),
		nats.PingInterval(time.Second),
		nats.MaxPingsOutstanding(2),
		nats.Timeout(2 * time.Second),
		nats.FlusherTimeout(2 * time.Second),
	}
}

// Close ends the connection, and with it every subscription. What was published
// is sent first, if there is a connection.
func (b *Bus) Close() { b.conn.Close() }

// Publish implements [commitlog.Bus]. It fails while there is no connection.
func (b *Bus) Publish(ctx context.Context, subject string, data []byte) error {
	ctx, span := tracing.Start(ctx, "publish", trace.SpanKindProducer)
	defer span.End()
	describe(span, "publish", subject)

	m := &nats.Msg{Subject: subject, Data: data}
	tracing.Inject(ctx, func(header, value string) {
		if m.Header == nil {
			m.Header = nats.Header{}
		}
		m.Header.Set(header, value)
	})
	if err := b.conn.PublishMsg(m); err != nil {
		span.SetStatus(codes.Error, "not sent")
		return fmt.Errorf("publish on %s: %w", subject, err)
	}
	return nil
}

func describe(span trace.Span, operation, subject string) {
	if !span.IsRecording() {
		return
	}
	span.SetName(operation + " " + subject)
	span.SetAttributes(
		attribute.String("messaging.system", "nats"),
		attribute.String("messaging.operation.name", operation),
		attribute.String("messaging.destination.name", subject))
}

// subscription makes sure that nothing is called after it has stopped: the
// library may be about to hand over a message even then.
type subscription struct {
	mu          sync.Mutex
	stopped     bool
	receive     func(context.Context, []byte)
	tracer      trace.Tracer
	interrupted func()
}

func (s *subscription) hear(m *nats.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	ctx := context.Background()
	if parent := m.Header.Get(tracing.Parent); parent != "" {
		var span trace.Span
		ctx, span = s.tracer.Start(tracing.Extract(ctx, parent, m.Header.Get(tracing.State)), "receive", trace.WithSpanKind(trace.SpanKindConsumer))
		defer span.End()
		describe(span, "receive", m.Subject)
	}
	s.receive(ctx, m.Data)
}

func (s *subscription) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
}

// Subscribe implements [commitlog.Bus].
func (b *Bus) Subscribe(subject string, receive func(context.Context, []byte), interrupted func()) (stop func(), err error) {
	s := &subscription{receive: receive, interrupted: interrupted, tracer: b.tracer}
	b.add(s)
	sub, err := b.conn.Subscribe(subject, s.hear)
	if err == nil {
		err = sub.SetPendingLimits(maxWaiting, maxWaitingBytes)
	}
	if err != nil {
		b.remove(s)
		return nil, fmt.Errorf("subscribe to %s: %w", subject, err)
	}
	return func() {
		_ = sub.Unsubscribe() // fails only if the connection has ended, and the subscription with it
		b.remove(s)
		s.stop()
	}, nil
}

// tell calls interrupted of every subscription, which must not take long.
func (b *Bus) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subscriptions {
		s.interrupted()
	}
}

func (b *Bus) add(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = append(b.subscriptions, s)
}

func (b *Bus) remove(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = slices.DeleteFunc(b.subscriptions, func(o *subscription) bool { return o == s })
}
