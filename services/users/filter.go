package users

import (
	"math"
	"strings"

	"stockroom/pkg/fold"
)

// Filter says which accounts of the list are wanted, in which order.
type Filter struct {
	Page int // from 1
	Size int

	Search   string // literal part of the email or of the username, whatever its letter case
	Role     Role   // any, if empty
	IsActive *bool
	Deleted  bool // deleted ones too; erased ones are in no list

	By        SortKey // SortCreatedAt, if empty
	Ascending bool
}

// SortKey is a property that accounts can be ordered by. Those equal in it are
// ordered by id, in the same direction, so that pages neither repeat nor omit any.
type SortKey string

// The properties that accounts can be ordered by. Texts go by code point, letter
// case folded.
const (
	SortCreatedAt SortKey = "created_at"
	SortEmail     SortKey = "email"
	SortUsername  SortKey = "username"
)

// Offset returns how many accounts come before the page.
func (f Filter) Offset() int64 { return offset(f.Page, f.Size) }

// offset returns how many come before a page. It is huge, not wrong, for pages
// whose offset cannot be told: nothing is there either way.
func offset(page, size int) int64 {
	before := int64(page) - 1
	if size > 0 && before > math.MaxInt64/int64(size) {
		return math.MaxInt64
	}
	return before * int64(size)
}

// Page is a part of the list of accounts.
type Page struct {
	Items []Account
	Total int // in the whole list
}

// separator stands between email and username where stores search both at once.
// It is no character and is taken out of both and of every term, so no term can
// match across it.
const separator = "\uffff"

// SearchTerm returns text in the form in which it can be a literal part of an
// email or a username that went through the same.
func SearchTerm(text string) string {
	return strings.ReplaceAll(fold.String(text), separator, "\ufffd")
}
