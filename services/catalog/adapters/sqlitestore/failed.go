package sqlitestore

import (
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"stockroom/services/catalog"
)

// failed says what failed with err. If the reason is that the database is too
// busy, it is a [catalog.ErrUnavailable].
func failed(err error, doing string, args ...any) error {
	doing = fmt.Sprintf(doing, args...)
	if busy(err) {
		return fmt.Errorf("%s: %w (%w)", doing, catalog.ErrUnavailable.After(time.Second), err)
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
