package coherent

import (
	"slices"
	"strings"

	"stockroom/pkg/commitlog"
)

// Key names a cached value: an item or a list. Keys are comparable.
type Key struct {
	kind byte
	text string
}

const (
	itemKind = 'p'
	listKind = 'q'
)

// Item returns the key of the value with an id, the one that events name. It
// becomes invalid when an event names the id.
func Item(id string) Key { return Key{kind: itemKind, text: id} }

// List returns the key of the answer to a query. Canonical must be the whole
// query in one spelling: equal texts share one answer, and nothing is hashed
// away. It becomes invalid with every event that may change a list.
func List(canonical string) Key { return Key{kind: listKind, text: canonical} }

// ParseKey returns the key with this text, and false if there is none.
func ParseKey(text string) (Key, bool) {
	switch {
	case strings.HasPrefix(text, "p:"):
		return Item(text[2:]), true
	case strings.HasPrefix(text, "q:"):
		return List(text[2:]), true
	}
	return Key{}, false
}

// Text returns the id or the query that k was made of.
func (k Key) Text() string { return k.text }

// IsList says whether k is the key of a list.
func (k Key) IsList() bool { return k.kind == listKind }

// ChangedBy says whether ev may have changed the value of k.
func (k Key) ChangedBy(ev commitlog.Event) bool {
	if k.IsList() {
		return ev.Lists
	}
	return slices.Contains(ev.IDs, k.text)
}

// String returns k as text that is unique among all keys, items and lists.
func (k Key) String() string { return string(rune(k.kind)) + ":" + k.text }
