package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/web"
)

func TestExpectedVersions(t *testing.T) {
	t.Parallel()

	for header, want := range map[string][]int64{
		"": nil, "*": nil, `"1", *`: nil, `"17"`: {17}, ` "1" ,"2"`: {1, 2}, `W/"17"`: {}, `17`: {}, `"017"`: {}, `"+17"`: {}, `"-1"`: {},
		`"17`: {}, `"a","3"`: {3}, `"9223372036854775808"`: {}, `"9223372036854775807"`: {1<<63 - 1},
	} {
		require.Equal(t, want, web.ExpectedVersions(header), header)
	}
}

func TestAnyTagMatches(t *testing.T) {
	t.Parallel()

	tag := web.ETag(17)
	for header, want := range map[string]bool{
		"": false, "*": true, `"17"`: true, `W/"17"`: true, `"1", "17"`: true, `"1",	W/"17"`: true, `"1"`: false, `17`: false, `"1,"17""`: false,
	} {
		require.Equal(t, want, web.AnyTagMatches(header, tag), header)
	}
	require.True(t, web.AnyTagMatches(`W/"1.2"`, `W/"1.2"`))
}
