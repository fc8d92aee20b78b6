// Package history judges what clients saw of a catalog, when all is over.
//
// The log of the database gives every write its place in one order, so no order
// has to be guessed: each answer must be what the database held at some commit,
// and it is looked up whether that commit was late enough.
package history

import "time"

// Bound is how long after its acknowledgement a write may not be seen yet.
const Bound = time.Second

// StaleFor is how old an answer that says that it is stale may be.
const StaleFor = 5 * time.Minute

// History is all that happened. Times are on one clock.
type History struct {
	Writes   []Write
	Reads    []Read
	Log      []Commit  // as the database has it, and had it before it was brought back
	Products []Product // every product that ever was, as the database has them in the end
}

// Write is an attempt to change something.
type Write struct {
	Begin, End time.Duration
	Replica    int
	Product    string // empty for a new product that was not acknowledged
	Deleted    bool
	Stock      int64 // what it was set to
	Seq        int64 // as acknowledged; 0: nobody knows whether it happened
}

// Read is an answer to a question about a product or a list.
type Read struct {
	Begin, End time.Duration
	Replica    int
	Product    string // or List
	List       List
	Token      int64 // the commit that was presented, or 0

	Version int64 // of a product, 0 if there is none; of a list the commit as of which it is
	Stock   int64 // of a product, -1 if it is not known
	Page    *Page // of a list, nil if it has not changed
	Stale   *Stale
	Origin  string // where the answer was found
}

// List is a question for products, the newest first: of a category, or of all.
type List struct {
	Category   string
	Page, Size int
}

// Page is the answer to it.
type Page struct {
	Items []Item
	Total int
}

// Item is a product in a list.
type Item struct {
	Product        string
	Version, Stock int64
}

// Stale is what an answer that may be stale says of itself.
type Stale struct {
	Age  time.Duration // it was right no longer ago
	AsOf int64         // as of this commit
}

// Commit is a row of the log. Going back is one too: it undoes everything after
// commit Back, and has a number of its own. Who does so is a [Write] without a
// product.
type Commit struct {
	Seq      int64
	Products []string
	Deleted  bool
	Back     int64
}

// Product is a row of the products.
type Product struct {
	ID, Category string
	Created      time.Time
	Version      int64
	Stock        int64
	Deleted      bool
}
