package importing

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"stockroom/pkg/run"
)

// ErrPartly says that an import is done but for the rows that could not be taken
// as they are, each of which has been told of.
var ErrPartly = fmt.Errorf("%w: some rows were not taken as they are; each is listed above", run.ErrPartly)

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

// Do imports from the database at url, or the one that standard input names, and
// tells log of it. It fails with [ErrPartly] unless all rows were taken as they are.
func Do(ctx context.Context, url string, log *slog.Logger, from func(context.Context, *Source, Watcher) (Result, error)) error {
	url, err := URL(url, os.Stdin)
	if err != nil {
		return err
	}
	source, err := Open(ctx, url)
	if err != nil {
		return err
	}
	defer source.Close()
	r, err := from(ctx, source, ToLog(ctx, log))
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "import done", "rows", r.Rows, "added", r.Added, "here_already", r.Here, "changed", r.Changed, "refused", r.Refused)
	return r.Err()
}

// Err returns [ErrPartly] unless all rows were taken as they are.
func (r Result) Err() error {
	if r.Refused+r.Changed > 0 {
		return ErrPartly
	}
	return nil
}
