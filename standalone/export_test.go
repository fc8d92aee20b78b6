package standalone

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// ErrCrash is what a restore that was cut short fails with.
var ErrCrash = errors.New("crash")

// RestoreCut is a Restore that replaces what is there and ends before its
// renaming number n, as in a crash.
func RestoreCut(ctx context.Context, dir, file string, n int) error {
	_, err := restore(ctx, dir, file, true, func(from, to string) error {
		if n--; n < 0 {
			return ErrCrash
		}
		return os.Rename(from, to)
	})
	return err
}

// Settle finishes a restore, as the next start does.
func Settle(dir string) error {
	_, err := settle(dir, os.Rename)
	return err
}

// InternalURLs returns where services answer each other what they describe.
func (s *Stockroom) InternalURLs() map[string]string {
	urls := map[string]string{}
	for i, name := range []string{"gateway", "catalog", "auth", "users"} {
		if door, ok := s.servers[i].(interface{ InternalAddr() string }); ok {
			urls[name] = "http://" + door.InternalAddr()
		}
	}
	return urls
}

// InternalToken returns what they show each other.
func (s *Stockroom) InternalToken() string { return s.secrets.InternalToken }

// Pack makes a backup of the files of a system, which it makes up.
func Pack(w io.Writer, dir string) error {
	m := Manifest{Format: archiveFormat}
	for _, name := range dataFiles() {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("what is in "+name), 0o600); err != nil {
			return err
		}
		c, err := describe(dir, name)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, c)
	}
	return pack(w, dir, m)
}

// Unpack writes the files of a backup to dir.
func Unpack(r io.Reader, dir string) (Manifest, error) { return unpack(r, dir) }
