package standalone_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/standalone"
)

// Whatever is in a file that should be a backup, nothing is written but the files
// of a system, and those are as its manifest says, or it is refused as damaged.
func FuzzArchive(f *testing.F) {
	var good bytes.Buffer
	require.NoError(f, standalone.Pack(&good, f.TempDir()))
	f.Add(0, 0, []byte(nil))
	f.Add(0, 100, []byte("../../etc/passwd"))
	f.Add(156, 1, []byte("2")) // another type of entry
	f.Add(124, 12, []byte("77777777777\x00"))
	f.Add(700, 5, []byte(`"format":2`))
	f.Add(good.Len()-1024, 1024, []byte(nil))
	f.Add(0, 1<<30, []byte("nothing of a backup"))
	// A good backup, in which something else stands in the place of some of it.
	f.Fuzz(func(t *testing.T, at, length int, instead []byte) {
		at = min(max(at, 0), good.Len())
		length = min(max(length, 0), good.Len()-at)
		archive := append(append(bytes.Clone(good.Bytes()[:at]), instead...), good.Bytes()[at+length:]...)
		outside := t.TempDir()
		dir := filepath.Join(outside, "data")
		require.NoError(t, os.Mkdir(dir, 0o700))
		m, err := standalone.Unpack(bytes.NewReader(archive), dir)
		entries, failed := os.ReadDir(outside)
		require.NoError(t, failed)
		require.Len(t, entries, 1, "it leads outside")
		if err != nil {
			require.ErrorIs(t, err, standalone.ErrArchive)
			return
		}
		for _, c := range m.Files {
			text, err := os.ReadFile(filepath.Join(dir, c.Name))
			require.NoError(t, err)
			require.Equal(t, "what is in "+c.Name, string(text))
		}
	})
}
