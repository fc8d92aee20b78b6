package redisl2_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent/redisl2"
)

// Whatever stands in Redis, it is read in bounds or not at all, and what was
// packed is what is unpacked.
func FuzzEnvelope(f *testing.F) {
	pack, unpack, err := redisl2.Packing()
	require.NoError(f, err)
	f.Add("")
	f.Add("\x00")
	f.Add("\x01plain")
	f.Add("\x02nonsense")
	f.Add("\x03of another version")
	f.Add(string(pack([]byte(strings.Repeat("packed", 1000)))))
	f.Add("\x02\x28\xb5\x2f\xfd\xa0\xff\xff\xff\x7f") // a frame that says that it is of 2 GB
	f.Fuzz(func(t *testing.T, stored string) {
		body, err := unpack(stored)
		if err == nil {
			require.LessOrEqual(t, len(body), max(redisl2.MaxSize, len(stored)))
		}
		body, err = unpack(string(pack([]byte(stored))))
		require.NoError(t, err)
		require.Equal(t, stored, string(body))
	})
}
