package importing

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// Time reads a column of type timestamp without time zone, which is in UTC. A
// time that is absent, infinite, or not of the years 1 to 9999, is read as none.
type Time struct{ Into *time.Time }

var _ pgtype.TimestampScanner = Time{}

// ScanTimestamp implements [pgtype.TimestampScanner].
func (t Time) ScanTimestamp(v pgtype.Timestamp) error {
	*t.Into = time.Time{}
	if year := v.Time.Year(); v.Valid && v.InfinityModifier == pgtype.Finite && year >= 1 && year <= 9999 {
		*t.Into = v.Time.UTC()
	}
	return nil
}
