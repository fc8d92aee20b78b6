package standalone

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"stockroom/pkg/sqlite"
	"stockroom/services/auth/authd"
	"stockroom/services/catalog/catalogd"
	"stockroom/services/users/usersd"
)

// ErrDataThere says that a restore would replace data without being told to.
var ErrDataThere = errors.New("there is data already")

// Restored says what a restore has done.
type Restored struct {
	Manifest

	Replaced string // the folder with the data of before; empty if there was none
}

// Restore puts what is in file, a backup, into dir. It fails with [ErrInUse]
// while a system runs there, with [ErrArchive] if the file is damaged, and with
// [ErrDataThere] if there is data that it is not told to replace. The data that
// it replaces stays in a folder of its own.
//
// However it ends, and if only by a crash, dir then has all of the old data or
// all of the new. The commit logs begin a new epoch.
func Restore(ctx context.Context, dir, file string, replace bool) (Restored, error) {
	r, err := restore(ctx, dir, file, replace, os.Rename)
	if err != nil {
		return Restored{}, fmt.Errorf("restore %s: %w", file, err)
	}
	return r, nil
}

type renamer func(from, to string) error

func restore(ctx context.Context, dir, file string, replace bool, rename renamer) (_ Restored, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Restored{}, err
	}
	l, err := acquire(dir)
	if err != nil {
		return Restored{}, err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	if _, err := settle(dir, rename); err != nil {
		return Restored{}, err
	}
	name, err := anyData(dir)
	if err != nil {
		return Restored{}, err
	}
	if name != "" && !replace {
		return Restored{}, fmt.Errorf("%s: %w", filepath.Join(dir, name), ErrDataThere)
	}
	stage, err := newStage(dir)
	if err != nil {
		return Restored{}, err
	}
	m, err := prepare(ctx, file, stage)
	if err != nil {
		return Restored{}, errors.Join(err, os.RemoveAll(stage))
	}
	// From here on the new data is what counts.
	if err := rename(stage, filepath.Join(dir, restoredPrefix+time.Now().UTC().Format("20060102T150405.000000Z"))); err != nil {
		return Restored{}, errors.Join(err, os.RemoveAll(stage))
	}
	if err := syncPath(dir); err != nil {
		return Restored{}, err
	}
	replaced, err := settle(dir, rename)
	return Restored{Manifest: m, Replaced: replaced}, err
}

// prepare makes the data of a backup in stage, as it will be served.
func prepare(ctx context.Context, file, stage string) (Manifest, error) {
	f, err := os.Open(file)
	if err != nil {
		return Manifest{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	m, err := unpack(f, stage)
	if err != nil {
		return Manifest{}, err
	}
	if _, err := readSecrets(filepath.Join(stage, secretsFile)); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	for _, name := range dataFiles() {
		if name == secretsFile {
			continue
		}
		if err := sqlite.Check(ctx, filepath.Join(stage, name)); err != nil {
			return Manifest{}, fmt.Errorf("%w: %w", ErrArchive, err)
		}
	}
	if err := upToDate(ctx, stage); err != nil {
		return Manifest{}, err
	}
	return m, onDisk(stage)
}

// upToDate has the staged databases as this program needs them, and begins new
// epochs in the logs.
func upToDate(ctx context.Context, stage string) error {
	auth, users, catalog := DatabaseURL(stage, "auth"), DatabaseURL(stage, "users"), DatabaseURL(stage, "catalog")
	if err := authd.Migrate(ctx, auth); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if err := usersd.Migrate(ctx, users); err != nil {
		return fmt.Errorf("users: %w", err)
	}
	if err := catalogd.Migrate(ctx, catalog); err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	if _, err := authd.RaiseEpoch(ctx, auth); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if _, err := usersd.RaiseEpoch(ctx, users); err != nil {
		return fmt.Errorf("users: %w", err)
	}
	if _, err := catalogd.RaiseEpoch(ctx, catalog); err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	return nil
}

var errUnwritten = errors.New("was not closed properly")

// onDisk returns when the staged files are there. Nothing may be left in a
// write-ahead log, which would stay behind.
func onDisk(stage string) error {
	for _, name := range dataFiles() {
		path := filepath.Join(stage, name)
		info, err := os.Stat(path + "-wal")
		if err == nil && info.Size() > 0 {
			return fmt.Errorf("%s %w", path, errUnwritten)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := syncPath(path); err != nil {
			return err
		}
	}
	return syncPath(stage)
}
