package coherent

import (
	"context"
	"time"

	"stockroom/pkg/commitlog"
)

// Entry is a value as the database had it at a commit.
type Entry struct {
	// AsOf is a commit as of which the value is right. The true one may be
	// later, never earlier: the head of the log must be read in the same
	// snapshot as the value, or before it.
	AsOf int64
	// Version is the commit that last changed the value.
	Version int64
	// Body is the encoded value. It is shared by the cache and all its readers,
	// without a copy: nobody may change it, neither a [Load] after it returned
	// nor a reader.
	Body []byte
	// Absent says that there is no such value. It has an AsOf all the same.
	Absent bool
}

// Load reads a value from the database that takes the writes. A value that is
// not there is an Entry with Absent set, not an error. Load must not assume
// that the caller still waits for it, and may be called more than once.
type Load func(ctx context.Context) (Entry, error)

// Position says how far this process has followed the log. A
// [commitlog.Follower] is one.
type Position interface {
	// Applied returns the last event that was applied, with all before it.
	Applied() commitlog.Head
	// Fresh says whether Applied includes every commit acknowledged longer ago
	// than the lease lasts.
	Fresh() bool
	// OwnSeq returns the last commit made by this process.
	OwnSeq() int64
	// Wait waits until seq is applied, and says whether it is.
	Wait(ctx context.Context, seq int64) bool
	// Age returns how long ago it was certain that Applied included every commit
	// of that moment. Asked for before Applied, it holds for what that returns.
	Age() time.Duration
}

// Answer is what a reader gets.
type Answer struct {
	Entry
	Origin Origin
	// Stale is nil if the answer is what [Cache.Get] promises. Otherwise it must
	// be shown to whoever gets the answer.
	Stale *Stale
}

// Stale says how old an answer is that could not be proved right.
type Stale struct {
	// Age bounds how long ago the answer was right.
	Age time.Duration
	// AsOf is a commit as of which it is right.
	AsOf commitlog.Head
}

// Origin says where an Entry was found.
type Origin string

// The origins: the first level, the second level, the database.
const (
	FromL1 Origin = "l1"
	FromL2 Origin = "l2"
	FromDB Origin = "db"
)
