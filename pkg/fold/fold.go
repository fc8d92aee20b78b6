// Package fold makes texts comparable whatever their letter case.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
)

// String returns s with its letter case folded as Unicode defines it (full
// folding: "Straße" and "STRASSE" become equal). Two texts differ in letter case
// only iff their folded forms are equal. Folding a folded text changes nothing.
//
// Databases are never asked to fold: lower() follows the collation in
// PostgreSQL and knows only ASCII in SQLite, so two engines would disagree about
// which names are the same.
func String(s string) string {
	// A Caser may keep state, so each call has its own.
	return cases.Fold().String(strings.Map(lowerCherokee, s))
}

// lowerCherokee makes Cherokee letters lower-case. The only script that folds to
// upper case is folded to the respective other case by package cases, which
// would keep the two apart; from lower case it gets it right.
func lowerCherokee(r rune) rune {
	if unicode.Is(unicode.Cherokee, r) {
		return unicode.ToLower(r)
	}
	return r
}
