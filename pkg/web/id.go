package web

import (
	"github.com/danielgtaylor/huma/v2"

	"stockroom/pkg/errs"
)

// ID is an identifier in a path, a query or a body: a UUID in its canonical
// form, lower-case with dashes. Anything else is refused as invalid.
type ID string

var errID = errs.New(errs.Invalid, "invalid", "Must be a lower-case UUID with dashes.")

// UnmarshalText reads a canonical UUID.
func (id *ID) UnmarshalText(text []byte) error {
	if !canonicalUUID(text) {
		return errID
	}
	*id = ID(text)
	return nil
}

// Schema documents identifiers.
func (ID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", Pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
}

func canonicalUUID(text []byte) bool {
	if len(text) != 36 {
		return false
	}
	for i, ch := range text {
		switch i {
		case 8, 13, 18, 23:
			if ch != '-' {
				return false
			}
		default:
			if (ch < '0' || ch > '9') && (ch < 'a' || ch > 'f') {
				return false
			}
		}
	}
	return true
}
