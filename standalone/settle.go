package standalone

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A restore prepares everything in a folder of its own, in the data directory
// itself, which may be where a volume is mounted. When that folder gets the name
// restored-TIME, the restore has happened; to move the files to their places is
// what settle does, and whoever comes next does if it was cut short.
const (
	stagePrefix    = ".restoring-"
	restoredPrefix = "restored-"
	replacedPrefix = "replaced-" // the data of before, with the same TIME
)

// ErrUnsettled says that a restore was cut short after it had happened.
var ErrUnsettled = errors.New("a restore is not finished; start stockroom to finish it")

// Settled fails with [ErrUnsettled] if the files in dir are not what counts.
func Settled(dir string) error {
	pending, err := named(dir, restoredPrefix)
	if err == nil && len(pending) > 0 {
		err = fmt.Errorf("%s: %w", dir, ErrUnsettled)
	}
	return err
}

// settle finishes a restore that has happened, if there is one, and returns
// where the data of before is. The caller has the lock.
func settle(dir string, rename renamer) (replaced string, err error) {
	pending, err := named(dir, restoredPrefix)
	if err != nil {
		return "", err
	}
	for _, restored := range pending {
		aside := filepath.Join(dir, replacedPrefix+strings.TrimPrefix(filepath.Base(restored), restoredPrefix))
		for _, name := range dataFiles() {
			if err := exchange(dir, restored, aside, name, rename); err != nil {
				return "", err
			}
		}
		there, err := exists(aside)
		if there {
			replaced, err = aside, syncPath(aside)
		}
		if err := errors.Join(err, syncPath(dir)); err != nil {
			return "", err
		}
		if err := os.RemoveAll(restored); err != nil {
			return "", err
		}
	}
	return replaced, nil
}

// exchange puts a restored file in the place of the one of before, if that has
// not been done yet. What belongs to a database goes before the database.
func exchange(dir, restored, aside, name string, rename renamer) error {
	if there, err := exists(filepath.Join(restored, name)); err != nil || !there {
		return err
	}
	for _, old := range []string{name + "-wal", name + "-shm", name} {
		there, err := exists(filepath.Join(dir, old))
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		if err := os.MkdirAll(aside, 0o700); err != nil {
			return err
		}
		if err := rename(filepath.Join(dir, old), filepath.Join(aside, old)); err != nil {
			return err
		}
	}
	return rename(filepath.Join(restored, name), filepath.Join(dir, name))
}

// newStage makes a folder to prepare a restore in, and removes what earlier ones
// that did not happen have left. The caller has the lock.
func newStage(dir string) (string, error) {
	left, err := named(dir, stagePrefix)
	if err != nil {
		return "", err
	}
	for _, stage := range left {
		if err := os.RemoveAll(stage); err != nil {
			return "", err
		}
	}
	return os.MkdirTemp(dir, stagePrefix+"*")
}

// named returns what in dir has a name with that prefix.
func named(dir, prefix string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var found []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			found = append(found, filepath.Join(dir, e.Name()))
		}
	}
	return found, err
}
