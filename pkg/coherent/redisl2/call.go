package redisl2

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sony/gobreaker/v2"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/coherent"
	"stockroom/pkg/tracing"
)

const (
	failuresToOpen = 3                      // in a row
	openFor        = 250 * time.Millisecond // then one call tries
)

func newBreaker(name string, log *slog.Logger) *gobreaker.CircuitBreaker[any] {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name:        name,
		Timeout:     openFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= failuresToOpen },
		IsExcluded:  func(err error) bool { return errors.Is(err, errGivenUp) },
		OnStateChange: func(name string, from, to gobreaker.State) {
			switch {
			case to == gobreaker.StateClosed:
				log.Info("second level is back", slog.String("cache", name))
			case from == gobreaker.StateClosed:
				log.Warn("second level is away", slog.String("cache", name))
			}
		},
	})
}

// errGivenUp marks a call that its caller has ended, which says nothing about Redis.
var errGivenUp = errors.New("call given up")

// run runs a script, unless Redis is known to be away.
func (s *Store) run(ctx context.Context, script script, keys []string, args ...any) (any, error) {
	ctx, span := tracing.Start(ctx, "redis", trace.SpanKindClient)
	defer span.End()
	reply, err := s.execute(ctx, script, keys, args...)
	if span.IsRecording() {
		span.SetName("redis " + script.name)
		span.SetAttributes(attribute.String("db.system.name", "redis"), attribute.String("db.operation.name", script.name))
		if err != nil {
			span.SetStatus(codes.Error, "no reply")
		}
	}
	return reply, err
}

func (s *Store) execute(ctx context.Context, script script, keys []string, args ...any) (any, error) {
	return s.breaker.Execute(func() (any, error) {
		call, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		reply, err := script.Run(call, s.redis, keys, args...).Result()
		if err != nil && ctx.Err() != nil {
			return nil, errors.Join(errGivenUp, err)
		}
		return reply, err
	})
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// foundOf reads the reply of the scripts get and peek. A value is still packed.
func foundOf(reply any) (found coherent.Found, packed string, err error) {
	parts, _ := reply.([]any)
	if len(parts) < 2 {
		return found, "", fmt.Errorf("get: unexpected reply %T", reply)
	}
	found.Watermark, _ = parts[1].(int64)
	switch parts[0] {
	case "behind":
		found.State = coherent.Behind
	case "wait":
		found.State = coherent.Wait
	case "missing":
		found.State = coherent.Missing
	case "claimed":
		found.State = coherent.Claimed
	case "hit":
		if len(parts) != 5 {
			return found, "", fmt.Errorf("get: unexpected length %d of a hit", len(parts))
		}
		found.State = coherent.Hit
		found.Entry.AsOf, _ = parts[2].(int64)
		found.Entry.Version, _ = parts[3].(int64)
		packed, _ = parts[4].(string)
	default:
		return found, "", fmt.Errorf("get: unexpected reply %v", parts[0])
	}
	return found, packed, nil
}
