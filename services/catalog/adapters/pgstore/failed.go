package pgstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"stockroom/services/catalog"
)

// failed says what failed with err. If the reason is that the database is away
// or too busy, it is a [catalog.ErrUnavailable].
func failed(err error, doing string, args ...any) error {
	doing = fmt.Sprintf(doing, args...)
	if away(err) {
		return fmt.Errorf("%s: %w (%w)", doing, catalog.ErrUnavailable.After(time.Second), err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func away(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		class := e.Code[:min(2, len(e.Code))]
		// Lost connections, no resources left, shutting down, and locks and
		// statements that took too long.
		return class == "08" || class == "53" || strings.HasPrefix(e.Code, "57P") || e.Code == "55P03" || e.Code == "57014"
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if errors.Is(err, context.DeadlineExceeded) { // a net.Error as well, but ours: the database did not answer in time
		return false
	}
	_, ok := errors.AsType[net.Error](err)
	return ok
}
