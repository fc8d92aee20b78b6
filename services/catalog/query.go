package catalog

import (
	"fmt"
	"math"
	"strconv"

	"stockroom/pkg/errs"
)

// Query asks for one page of products.
type Query struct {
	Filter Filter
	Sort   Sort
	Page   int64 // from 1
	Size   int64 // products on a page
}

// Filter says which products are asked for; its zero value means all.
type Filter struct {
	Name     string // literal part of the name, whatever its letter case
	Search   string // literal part of name, SKU or description, whatever its letter case
	Category string // exactly
	MinPrice *Price
	MaxPrice *Price
	InStock  bool
}

// Sort is an order of products. Those equal in it are ordered by id, in the
// same direction, so that pages neither repeat nor omit any.
type Sort struct {
	By         SortKey
	Descending bool
}

// SortKey is a property that products can be ordered by.
type SortKey string

// The properties that products can be ordered by. Names go by code point.
const (
	ByName      SortKey = "name"
	ByPrice     SortKey = "price"
	ByCreatedAt SortKey = "created_at"
	ByStock     SortKey = "stock"
)

// Page is one page of an answer to a [Query].
type Page struct {
	Items []Product
	Total int64
	Epoch int64
	AsOf  int64 // the products are those of this commit
}

// MaxPageSize is the most products that a page can have.
const MaxPageSize = 100

// Validate returns every rule that the query breaks, as one error.
func (q Query) Validate() error {
	var fields []errs.Field
	text := func(parameter, value string) {
		if !storable(value) {
			fields = append(fields, errs.Field{
				Parameter: parameter, Code: "invalid", Detail: "Must be valid UTF-8 without U+0000.",
			})
		}
	}
	text("name", q.Filter.Name)
	text("q", q.Filter.Search)
	text("category", q.Filter.Category)
	if q.Page < 1 {
		fields = append(fields, errs.Field{Parameter: "page", Code: "out_of_range", Detail: "Must be at least 1."})
	}
	if q.Size < 1 || q.Size > MaxPageSize {
		fields = append(fields, errs.Field{Parameter: "page_size", Code: "out_of_range", Detail: "Must be between 1 and 100."})
	}
	switch q.Sort.By {
	case ByName, ByPrice, ByCreatedAt, ByStock:
	default:
		fields = append(fields, errs.Field{Parameter: "sort_by", Code: "enum", Detail: "Must be name, price, created_at or stock."})
	}
	return errs.Validation(fields...)
}

// Offset returns how many products come before the page. It saturates far
// beyond any number of products, so no page number can overflow.
func (q Query) Offset() int64 {
	const limit = math.MaxInt64 >> 10
	if q.Page-1 > limit/MaxPageSize {
		return limit
	}
	return (q.Page - 1) * q.Size
}

// Pages returns how many pages of the query's size hold total products; at
// least one.
func (q Query) Pages(total int64) int64 {
	return max(1, (total+q.Size-1)/q.Size)
}

const canonical = "page=%d size=%d by=%s desc=%t stock=%t min=%s max=%s category=%q name=%q q=%q"

// Canonical returns the same text for two queries only if they ask for the
// same: the complete query, with every text in the form in which it is
// compared, and quoted so that no value can imitate another member.
func (q Query) Canonical() string {
	price := func(p *Price) string {
		if p == nil {
			return "-"
		}
		return strconv.FormatInt(int64(*p), 10)
	}
	f := q.Filter
	return fmt.Sprintf(canonical,
		q.Page, q.Size, q.Sort.By, q.Sort.Descending, f.InStock, price(f.MinPrice), price(f.MaxPrice),
		f.Category, SearchTerm(f.Name), SearchTerm(f.Search))
}

// ParseQuery returns the query of which text is the canonical one, and false if
// there is none.
func ParseQuery(text string) (q Query, ok bool) {
	var by, lowest, highest string
	f := &q.Filter
	_, err := fmt.Sscanf(text, canonical,
		&q.Page, &q.Size, &by, &q.Sort.Descending, &f.InStock, &lowest, &highest, &f.Category, &f.Name, &f.Search)
	q.Sort.By = SortKey(by)
	f.MinPrice, f.MaxPrice = parseCents(lowest), parseCents(highest)
	return q, err == nil && q.Canonical() == text
}

func parseCents(text string) *Price {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	return new(Price(n))
}
