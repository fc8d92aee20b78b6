package httpapi

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

// A commit that is read is two numbers that are not negative, and what is
// written is read again.
func FuzzCommit(f *testing.F) {
	for _, seed := range []string{"1.2", "0.0", "+1.2", "1.-2", "1", "1.2.3", "9223372036854775807.9223372036854775808", `W/"1.2"`, `W/"01.2"`, "1_0.2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := parseSeq(text); err == nil {
			require.Empty(t, strings.Trim(text, "0123456789."))
			require.True(t, at.Epoch >= 0 && at.Seq >= 0)
			again, err := parseSeq(formatSeq(at))
			require.NoError(t, err)
			require.Equal(t, at, again)
		}
		if at, ok := parseListETag(text); ok {
			require.Equal(t, listETag(at), text)
		}
	})
}

// An amount is the same as a number, as a string and in a query.
func FuzzMoney(f *testing.F) {
	for _, seed := range []string{"19.99", `"19.99"`, `"`, `""`, "1e2", `"\u0031"`, "-0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if !json.Valid([]byte(raw)) || strings.TrimSpace(raw) != raw {
			return // it never gets that far
		}
		var fromJSON, fromText money
		err := fromJSON.UnmarshalJSON([]byte(raw))
		text := raw
		if strings.HasPrefix(raw, `"`) {
			text = raw[1 : len(raw)-1]
		}
		require.Equal(t, err == nil, fromText.UnmarshalText([]byte(text)) == nil)
		require.Equal(t, fromJSON, fromText)
		if price, failed := catalog.ParsePrice(text); failed == nil {
			require.Equal(t, money(price), fromText)
		}
	})
}
