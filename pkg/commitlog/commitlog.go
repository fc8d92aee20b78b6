// Package commitlog keeps one number for every commit of a schema, and tells
// everybody who holds copies of its rows which commits have touched what.
//
// A write takes the next number as its first statement and holds it until it
// commits, so numbers are gapless and in the order of commits: whoever sees
// number n in a snapshot sees all commits up to n. What a commit touched is a
// row of the log, written in the same transaction: it exists if and only if the
// commit does. Messages only make the news travel faster.
package commitlog

import (
	"context"
	"time"
)

// Head is the last commit of a log. Numbers compare only within an epoch: a new
// one begins when the database has gone back to an earlier state.
type Head struct {
	Epoch int64
	Seq   int64
}

// Before reports whether h is an earlier commit than o, or of an earlier epoch.
func (h Head) Before(o Head) bool {
	return h.Epoch < o.Epoch || h.Epoch == o.Epoch && h.Seq < o.Seq
}

// Event says what one commit touched. Its JSON is what travels between processes.
type Event struct {
	Epoch int64     `json:"e"`
	Seq   int64     `json:"s"`
	IDs   []string  `json:"ids"`   // rows touched, in canonical form; nil in a message about more than [MaxIDs]
	Lists bool      `json:"lists"` // whether any list may have changed
	Kind  string    `json:"kind"`  // what happened, in the words of the service
	At    time.Time `json:"at"`
}

// Head returns the commit that e is about.
func (e Event) Head() Head { return Head{Epoch: e.Epoch, Seq: e.Seq} }

// MaxIDs is how many ids a message carries. Of a commit that touched more it
// carries none, and followers read the row of the log.
const MaxIDs = 200

// Entry is what a write says of itself for the log.
type Entry struct {
	IDs   []string // rows touched: canonical UUIDs
	Lists bool
	Kind  string
	Actor string // the account that asked for it, or empty
}

// Source is a log that can be read.
type Source interface {
	// Head returns the last commit. It fails rather than answer from a copy
	// that may be behind.
	Head(ctx context.Context) (Head, error)

	// Since returns commits after number after, in order and with all their
	// ids: at most limit, and none only if there are none. If the first is not
	// the one after, the log has been trimmed.
	Since(ctx context.Context, after int64, limit int) ([]Event, error)
}
