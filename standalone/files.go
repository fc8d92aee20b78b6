package standalone

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const secretsFile = "secrets.json"

// dataFiles returns the names of what an installation consists of, in the order
// in which a backup copies them:
//
//   - secrets first. They hold the password of the first administrator until it
//     has been shown: a copy without it is then of a time when that account was
//     there already.
//   - users before auth. A credential is stored before its account, and never
//     removed from under one, so every account in an earlier copy of users has
//     its credential in a later copy of auth. The other way round an account
//     could come without one, and nobody could ever sign in to it. A password is
//     staged before users commits its change, too. What the copy of auth has in
//     addition is what an interrupted registration leaves, and as harmless.
//   - catalog shares no row with the others.
func dataFiles() []string {
	return append([]string{secretsFile}, databaseFile("users"), databaseFile("auth"), databaseFile("catalog"))
}

func databaseFile(service string) string { return service + ".db" }

// DatabaseURL returns where a service keeps its data below dir.
func DatabaseURL(dir, service string) string {
	return "sqlite:" + filepath.Join(dir, databaseFile(service))
}

// anyData returns the name of a data file in dir, or an empty one if there is none.
func anyData(dir string) (string, error) {
	for _, name := range dataFiles() {
		there, err := exists(filepath.Join(dir, name))
		if err != nil || there {
			return name, err
		}
	}
	return "", nil
}

func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// syncPath puts a file, or the names in a folder, on the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}

// writeFile has a file on the disk in one step. Only its owner may read it.
func writeFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".stockroom-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
