package fold_test

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/fold"
)

func TestString(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct{ a, b string }{
		"ASCII":         {"Ada@Example.COM", "ada@example.com"},
		"Umlaut":        {"MÜLLER", "müller"},
		"SharpS":        {"STRASSE", "straße"},
		"FinalSigma":    {"ΟΔΥΣΣΕΥΣ", "οδυσσευς"},
		"Cyrillic":      {"ПЁТР", "пётр"},
		"Cherokee":      {"\u13a0\u13f0", "\uab70\u13f8"},
		"KelvinSign":    {"\u212a", "k"},
		"NothingToFold": {"12-34_ 世界", "12-34_ 世界"},
		"Empty":         {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			require.Equal(t, fold.String(tt.b), fold.String(tt.a))
		})
	}
}

func TestDifferentTextsStayDifferent(t *testing.T) {
	t.Parallel()

	require.NotEqual(t, fold.String("ada"), fold.String("ad a"))
	require.NotEqual(t, fold.String("e"), fold.String("é"))
}

func TestEveryLetterFoldsLikeItsOtherCases(t *testing.T) {
	t.Parallel()

	for r := rune(0); r <= unicode.MaxRune; r++ {
		folded := fold.String(string(r))
		if fold.String(folded) != folded {
			t.Fatalf("%U folds to %q, and that to %q", r, folded, fold.String(folded))
		}
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			if fold.String(string(other)) != folded {
				t.Fatalf("%U and %U fold to %q and %q", r, other, folded, fold.String(string(other)))
			}
		}
	}
}
