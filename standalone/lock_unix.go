//go:build unix

package standalone

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// exclude locks f, or fails with [ErrInUse] if it is locked.
func exclude(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("not lockable: %w", err)
	}
	return nil
}
