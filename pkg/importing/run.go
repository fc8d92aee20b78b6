package importing

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// batch is how many rows are taken over in one commit: enough to be fast, few
// enough that others get to write in between.
const batch = 500

// Table says how rows of the other system are read.
type Table[R any] struct {
	Name  string
	Query string // in the order in which the rows are taken over
	Scan  func(pgx.CollectableRow) (R, error)
	ID    func(R) string
}

// Outcome says what became of one row. If it was neither added nor refused, a
// row with its id was here already, and stays as it is.
type Outcome struct {
	Added   bool
	Refused string // why; empty if it was not
	Changed string // how it differs from what it was there; empty if it does not
}

// outcome is an [Outcome] by the name that a service has for it.
type outcome interface {
	~struct {
		Added            bool
		Refused, Changed string
	}
}

// Note tells of one row that could not be taken as it is.
type Note struct {
	Table, ID string
	Refused   bool // else it was taken, or is here already
	Reason    string
}

// Result counts the rows of a table.
type Result struct {
	Rows, Added, Here, Refused, Changed int
}

// Watcher hears how an import goes on.
type Watcher struct {
	Note     func(Note)
	Progress func(table string, done, total int)
}

// Run reads all of t and hands it to adopt, a batch at a time, which returns the
// outcome of each row. No more than a batch is held in memory. After a failure it
// may be run again: what has been taken over is recognised.
func Run[R any, O outcome](ctx context.Context, s *Source, t Table[R], adopt func(context.Context, []R) ([]O, error), w Watcher) (Result, error) {
	var result Result
	total, err := s.declare(ctx, t.Name, t.Query)
	if err != nil {
		return result, err
	}
	for {
		rows, err := fetch(ctx, s, t)
		if err != nil || len(rows) == 0 {
			return result, err
		}
		outcomes, err := adopt(ctx, rows)
		if err != nil {
			return result, fmt.Errorf("import rows %d to %d of %s: %w", result.Rows+1, result.Rows+len(rows), t.Name, err)
		}
		for i, o := range outcomes {
			o := Outcome(o)
			result.count(o)
			if reason := o.Refused + o.Changed; reason != "" { // never both
				w.Note(Note{Table: t.Name, ID: t.ID(rows[i]), Refused: o.Refused != "", Reason: reason})
			}
		}
		w.Progress(t.Name, result.Rows, total)
	}
}

func (r *Result) count(o Outcome) {
	r.Rows++
	switch {
	case o.Refused != "":
		r.Refused++
	case o.Added:
		r.Added++
	default:
		r.Here++
	}
	if o.Changed != "" {
		r.Changed++
	}
}

// declare opens a cursor and returns how many rows there are. A cursor sorts the
// table once, whatever there is in the way of indexes.
func (s *Source) declare(ctx context.Context, table, query string) (total int, err error) {
	if err := s.tx.QueryRow(ctx, `select count(*) from `+table).Scan(&total); err != nil {
		return 0, fmt.Errorf("count the rows of %s to import: %w", table, err)
	}
	if _, err := s.tx.Exec(ctx, `declare imported no scroll cursor for `+query); err != nil {
		return 0, fmt.Errorf("read %s to import: %w", table, err)
	}
	return total, nil
}

// fetch returns the next rows, and none after the last.
func fetch[R any](ctx context.Context, s *Source, t Table[R]) ([]R, error) {
	rows, err := s.tx.Query(ctx, fmt.Sprintf(`fetch forward %d from imported`, batch))
	if err != nil {
		return nil, fmt.Errorf("read %s to import: %w", t.Name, err)
	}
	found, err := pgx.CollectRows(rows, t.Scan)
	if err != nil {
		return nil, fmt.Errorf("read %s to import: %w", t.Name, err)
	}
	if len(found) == 0 {
		if _, err := s.tx.Exec(ctx, `close imported`); err != nil {
			return nil, fmt.Errorf("read %s to import: %w", t.Name, err)
		}
	}
	return found, nil
}
