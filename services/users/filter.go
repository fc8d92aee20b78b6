package users

import "math"

// Filter says which accounts of the list are wanted.
type Filter struct {
	Page int // from 1
	Size int
}

// Offset returns how many accounts come before the page. It is huge, not wrong,
// for pages whose offset cannot be told: nothing is there either way.
func (f Filter) Offset() int64 {
	before, size := int64(f.Page)-1, int64(f.Size)
	if size > 0 && before > math.MaxInt64/size {
		return math.MaxInt64
	}
	return before * size
}

// Page is a part of the list of accounts, newest first.
type Page struct {
	Items []Account
	Total int // in the whole list
}
