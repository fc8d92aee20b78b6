package coherent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sony/gobreaker/v2"

	"stockroom/pkg/errs"
)

const (
	failuresToOpen = 3                      // in a row
	openFor        = 250 * time.Millisecond // then one load tries
	retryIn        = time.Second            // what those are told who get no answer
)

// errSlow is what a load fails with that takes too long.
var errSlow = errs.ErrUnavailable.After(retryIn)

func newBreaker() *gobreaker.CircuitBreaker[result] {
	return gobreaker.NewCircuitBreaker[result](gobreaker.Settings{
		Timeout:     openFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= failuresToOpen },
		// Other failures come from a database that answers.
		IsSuccessful: func(err error) bool { return errs.KindOf(err) != errs.Unavailable },
		IsExcluded:   func(err error) bool { return errors.Is(err, ErrOverloaded) },
	})
}

// tryLoad loads the value of key, unless the database is known to be away. A
// lease says that it was there a moment ago, however slow a load may be: only
// without one failures are counted, and after a few in a row loads fail at once,
// but for one now and then that finds out whether the database is back.
func (c *Cache) tryLoad(ctx context.Context, key Key, load Load) (result, error) {
	if c.fresh() {
		return c.load(ctx, key, load)
	}
	res, err := c.breaker.Execute(func() (result, error) { return c.load(ctx, key, load) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		c.count.refusals.Add(1)
		return res, fmt.Errorf("%w (%w)", errs.ErrUnavailable.After(retryIn), err)
	}
	return res, err
}

// inTime returns err, or that the time for a load is over.
func inTime(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("%w (%w)", errSlow, err)
}
