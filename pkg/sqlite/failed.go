package sqlite

import (
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"stockroom/pkg/errs"
)

// retryIn is when those are told to come back who need a database that is busy.
const retryIn = time.Second

// Failed says what failed with err. If the reason is that the database is too
// busy, it is an [errs.ErrUnavailable].
func Failed(err error, doing string, args ...any) error {
	doing = fmt.Sprintf(doing, args...)
	if busy(err) {
		return fmt.Errorf("%s: %w (%w)", doing, errs.ErrUnavailable.After(retryIn), err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func busy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	const primary = 0xff // the rest of a code says more than is needed here
	return e.Code()&primary == sqlite3.SQLITE_BUSY || e.Code()&primary == sqlite3.SQLITE_LOCKED
}
