package commitlog

import (
	"context"
	"encoding/json"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/tracing"
)

// applyUntil is the one goroutine that the sink's Apply and Reset are called by.
func (f *Follower) applyUntil(ctx context.Context) {
	var gap <-chan time.Time // runs from when an event began to wait for an earlier one
	for {
		f.drain(ctx)
		switch waiting := f.waiting(); {
		case !waiting:
			gap = nil
		case gap == nil:
			gap = time.After(gapPatience)
		}
		select {
		case <-ctx.Done():
			return
		case <-f.kick:
		case <-gap:
			gap = nil
			f.lookSoon()
		}
	}
}

// drain applies everything that is next, in order.
func (f *Follower) drain(ctx context.Context) {
	for ctx.Err() == nil {
		reset, next, ok := f.nextStep()
		switch {
		case reset != nil:
			if err := f.cfg.Sink.Reset(ctx, *reset); err != nil {
				f.cfg.Log.WarnContext(ctx, "cannot start from the log's head", "subject", f.cfg.Subject, "err", err)
				return // the next probe has it tried again
			}
			f.finishReset(reset)
		case ok:
			f.apply(ctx, next)
			f.finishEvent(next.Event)
		default:
			return
		}
	}
}

// apply has the sink apply ev, within the trace of the request that committed it.
func (f *Follower) apply(ctx context.Context, ev arrival) {
	ctx, span := tracing.Start(trace.ContextWithSpan(ctx, ev.span), "apply commit", trace.SpanKindInternal)
	defer span.End()
	if span.IsRecording() {
		span.SetAttributes(attribute.String("stockroom.log", f.cfg.Subject), attribute.Int64("stockroom.seq", ev.Seq))
	}
	if err := f.cfg.Sink.Apply(ctx, ev.Event); err != nil {
		f.cfg.Log.WarnContext(ctx, "commit applied in part", "subject", f.cfg.Subject, "seq", ev.Seq, "err", err)
	}
	f.applied(ev.Event)
}

// nextStep returns the reset that is due, else the event that is next.
func (f *Follower) nextStep() (reset *Head, next arrival, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reset != nil {
		return f.reset, arrival{}, false
	}
	next, ok = f.pending[f.position.head().Seq+1]
	return nil, next, ok
}

func (f *Follower) finishReset(h *Head) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reset != h {
		return // another one has become due meanwhile
	}
	f.reset = nil
	f.position.move(*h)
	f.position.resetDue.Store(false)
}

func (f *Follower) finishEvent(ev Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reset != nil {
		return
	}
	delete(f.pending, ev.Seq)
	f.position.move(ev.Head())
}

// waiting reports whether there are events that cannot be applied yet.
func (f *Follower) waiting() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.pending) > 0 && f.reset == nil
}

// receive takes a message off the bus.
func (f *Follower) receive(ctx context.Context, data []byte) {
	var ev Event
	if err := json.Unmarshal(data, &ev); err != nil || ev.Epoch == 0 || ev.Seq <= 0 {
		f.cfg.Log.WarnContext(ctx, "message cannot be read", "subject", f.cfg.Subject, "err", err)
		return
	}
	if ev.IDs == nil { // too many for a message
		f.lookSoon()
		return
	}
	f.Offer(ctx, ev)
}

// publish tells the others of a commit. That it may not arrive is what the
// probe is for, so a failure is only noted.
func (f *Follower) publish(ctx context.Context, ev Event) {
	if len(ev.IDs) > MaxIDs {
		ev.IDs = nil
	}
	data, err := json.Marshal(ev)
	if err == nil {
		err = f.cfg.Bus.Publish(ctx, f.cfg.Subject, data)
	}
	f.busAway.Note(ctx, err)
}
