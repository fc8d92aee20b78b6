package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"stockroom/pkg/errs"
)

// retryIn is when those are told to come back who need a database that is away.
const retryIn = time.Second

// Failed says what failed with err. If the reason is that the database is away
// or too busy, it is an [errs.ErrUnavailable]; what was being written may have
// been written all the same.
func Failed(err error, doing string, args ...any) error {
	doing = fmt.Sprintf(doing, args...)
	if away(err) {
		return fmt.Errorf("%s: %w (%w)", doing, errs.ErrUnavailable.After(retryIn), err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func away(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		class := e.Code[:min(2, len(e.Code))]
		// Lost connections, no resources left, shutting down, and locks,
		// statements and transactions that took too long.
		return class == "08" || class == "53" || strings.HasPrefix(e.Code, "57P") ||
			slices.Contains([]string{"55P03", "57014", "25P03", "25P04"}, e.Code)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if errors.Is(err, context.DeadlineExceeded) { // a net.Error as well, but ours: the database did not answer in time
		return false
	}
	// A server that is killed says nothing: the connection ends in the middle of
	// an answer, or is found closed before a statement is sent.
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) {
		return true
	}
	_, ok := errors.AsType[net.Error](err)
	return ok
}
