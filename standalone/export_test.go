package standalone

import (
	"context"
	"errors"
	"os"
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
