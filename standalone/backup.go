package standalone

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"stockroom/pkg/sqlite"
)

var (
	errNoData     = errors.New("there is no data to back up")
	errFileExists = errors.New("the file exists already")
)

// Backup writes all data below dir into one new file, whether a system runs on
// it or not. Only its owner can read the file: it holds every secret.
//
// Everything that was acknowledged before Backup was called is in it. What is
// acknowledged while it works may be, and is in none of its halves: each database
// is as it was after one of its commits, and no account is without a credential.
// dataFiles tells why. The file gets its name when it is complete.
func Backup(ctx context.Context, dir, file, version string) (Manifest, error) {
	m, err := backup(ctx, dir, file, version)
	if err != nil {
		return Manifest{}, fmt.Errorf("back up %s: %w", dir, err)
	}
	return m, nil
}

func backup(ctx context.Context, dir, file, version string) (_ Manifest, err error) {
	if err := Settled(dir); err != nil {
		return Manifest{}, err
	}
	if there, err := exists(file); err != nil {
		return Manifest{}, err
	} else if there {
		return Manifest{}, fmt.Errorf("%s: %w", file, errFileExists)
	}
	// Beside the file, where there has to be room for it anyway.
	work, err := os.MkdirTemp(filepath.Dir(file), ".stockroom-backup-*")
	if err != nil {
		return Manifest{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()

	m := Manifest{Format: archiveFormat, Version: version, Begun: time.Now().UTC()}
	for _, name := range dataFiles() {
		if err := copyData(ctx, dir, work, name); err != nil {
			return Manifest{}, err
		}
		content, err := describe(work, name)
		if err != nil {
			return Manifest{}, err
		}
		m.Files = append(m.Files, content)
	}
	archive := filepath.Join(work, "archive")
	if err := writeArchive(archive, work, m); err != nil {
		return Manifest{}, err
	}
	if err := os.Rename(archive, file); err != nil {
		return Manifest{}, err
	}
	return m, syncPath(filepath.Dir(file))
}

func copyData(ctx context.Context, dir, work, name string) error {
	from, to := filepath.Join(dir, name), filepath.Join(work, name)
	if there, err := exists(from); err != nil {
		return err
	} else if !there {
		return fmt.Errorf("%s: %w", from, errNoData)
	}
	if name != secretsFile {
		if err := sqlite.Copy(ctx, from, to); err != nil {
			return err
		}
		return sqlite.Check(ctx, to) // a backup that cannot be restored is none
	}
	if _, err := readSecrets(from); err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}

func writeArchive(path, dir string, m Manifest) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(pack(f, dir, m), f.Sync(), f.Close())
}
