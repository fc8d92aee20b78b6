package httpapi

import (
	"strconv"
	"time"
	"unicode/utf8"

	"stockroom/services/catalog"
)

// timeLayout is RFC 3339 in UTC with microseconds.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// encode returns the JSON of a product. Reading products is what this service
// does most, so the encoders are written by hand; a test holds them against
// encoding/json.
func encode(p catalog.Product) []byte {
	const members = 256 // about what all but the texts need
	return appendProduct(make([]byte, 0, members+len(p.Name)+len(p.Description)), p)
}

// encodePage returns the JSON of a page of products.
func encodePage(q catalog.Query, page catalog.Page) []byte {
	const product = 512
	b := append(make([]byte, 0, 128+product*len(page.Items)), `{"items":[`...)
	for i, p := range page.Items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendProduct(b, p)
	}
	b = strconv.AppendInt(append(b, `],"total":`...), page.Total, 10)
	b = strconv.AppendInt(append(b, `,"page":`...), q.Page, 10)
	b = strconv.AppendInt(append(b, `,"page_size":`...), q.Size, 10)
	b = strconv.AppendInt(append(b, `,"total_pages":`...), q.Pages(page.Total), 10)
	return append(b, '}')
}

func appendProduct(b []byte, p catalog.Product) []byte {
	b = appendString(append(b, `{"id":`...), string(p.ID))
	b = appendString(append(b, `,"name":`...), p.Name)
	b = appendOptional(append(b, `,"description":`...), p.Description)
	b = p.Price.Append(append(b, `,"price":`...))
	b = strconv.AppendInt(append(b, `,"stock":`...), p.Stock, 10)
	b = appendOptional(append(b, `,"category":`...), p.Category)
	b = appendString(append(b, `,"sku":`...), string(p.SKU))
	b = appendTime(append(b, `,"created_at":`...), p.CreatedAt)
	b = appendTime(append(b, `,"updated_at":`...), p.UpdatedAt)
	b = strconv.AppendInt(append(b, `,"version":`...), p.Version, 10)
	return append(b, '}')
}

func appendTime(b []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), timeLayout), '"')
}

// appendOptional appends null for a text that there is none of.
func appendOptional(b []byte, s string) []byte {
	if s == "" {
		return append(b, `null`...)
	}
	return appendString(b, s)
}

const hex = "0123456789abcdef"

// appendString appends s as encoding/json does: safe inside HTML and
// JavaScript, and valid UTF-8 whatever s is.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0 // s[:done] is appended
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			b = appendEscaped(append(b, s[done:i]...), c)
			i++
			done = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(append(b, s[done:i]...), `\ufffd`...)
			done = i + size
		case r == '\u2028' || r == '\u2029':
			b = append(append(b, s[done:i]...), `\u202`...)
			b = append(b, hex[r&0xf])
			done = i + size
		}
		i += size
	}
	return append(append(b, s[done:]...), '"')
}

// appendEscaped appends an ASCII character that cannot stand for itself.
func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}
