package standalone

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrInUse says that another process runs on the same data.
var ErrInUse = errors.New("in use by another process")

// lock keeps a second system away from the data. The operating system takes it
// back when the process ends, however it ends.
type lock struct{ file *os.File }

func acquire(dir string) (*lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data: %w", err)
	}
	if err := exclude(f); err != nil {
		return nil, errors.Join(fmt.Errorf("the data in %s is %w", dir, err), f.Close())
	}
	return &lock{f}, nil
}

func (l *lock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
