package importing

import (
	"context"
	"errors"
	"log/slog"
)

// ErrRefused says that an import is done but for the rows that were refused. Each
// of them has been told of.
var ErrRefused = errors.New("some rows were not taken as they are; each is listed above")

// ToLog returns a watcher that writes to log: each row that was not taken as it
// is, by its id and without its values, and now and then how far it has come.
func ToLog(ctx context.Context, log *slog.Logger) Watcher {
	const every = 10_000
	told := 0
	return Watcher{
		Note: func(n Note) {
			what := "row taken with a change"
			if n.Refused {
				what = "row refused"
			}
			log.WarnContext(ctx, what, "table", n.Table, "id", n.ID, "reason", n.Reason)
		},
		Progress: func(table string, done, total int) {
			if done == total || done >= told+every {
				told = done
				log.InfoContext(ctx, "import goes on", "table", table, "rows", done, "of", total)
			}
		},
	}
}

// Done logs what became of the rows of a table, and returns [ErrRefused] if not
// all were taken as they are.
func (r Result) Done(ctx context.Context, log *slog.Logger) error {
	log.InfoContext(ctx, "import done", "rows", r.Rows, "added", r.Added, "here_already", r.Here, "changed", r.Changed, "refused", r.Refused)
	return r.Err()
}

// Err returns [ErrRefused] unless all rows were taken as they are.
func (r Result) Err() error {
	if r.Refused+r.Changed > 0 {
		return ErrRefused
	}
	return nil
}
