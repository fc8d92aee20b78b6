package standalone

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Manifest says what an archive holds. It is the first entry of the archive.
type Manifest struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of the program that made it
	Begun   time.Time `json:"begun"`   // what was acknowledged before is in it
	Files   []Content `json:"files"`
}

// Content is a file in an archive.
type Content struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const (
	archiveFormat = 1
	manifestFile  = "manifest.json"
	maxManifest   = 1 << 20
)

// ErrArchive says that a file is no backup, or not as it was made.
var ErrArchive = errors.New("not an intact backup")

// pack writes the files that m names, from dir, to w.
func pack(w io.Writer, dir string, m Manifest) error {
	archive := tar.NewWriter(w)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	header := tar.Header{Name: manifestFile, Mode: 0o600, Size: int64(len(text)), ModTime: m.Begun}
	if err := archive.WriteHeader(&header); err != nil {
		return err
	}
	if _, err := archive.Write(text); err != nil {
		return err
	}
	for _, c := range m.Files {
		header := tar.Header{Name: c.Name, Mode: 0o600, Size: c.Size, ModTime: m.Begun}
		if err := archive.WriteHeader(&header); err != nil {
			return err
		}
		if err := copyFrom(archive, filepath.Join(dir, c.Name)); err != nil {
			return err
		}
	}
	return archive.Close()
}

func copyFrom(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}

// describe returns what a manifest says of a file.
func describe(dir, name string) (Content, error) {
	hash := sha256.New()
	counted := &counter{w: hash}
	err := copyFrom(counted, filepath.Join(dir, name))
	return Content{Name: name, Size: counted.n, SHA256: hex.EncodeToString(hash.Sum(nil))}, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// unpack writes the files of an archive to dir. It fails with [ErrArchive] if
// anything is not as the manifest says.
func unpack(r io.Reader, dir string) (Manifest, error) {
	archive := tar.NewReader(r)
	m, err := readManifest(archive)
	if err != nil {
		return Manifest{}, err
	}
	for _, c := range m.Files {
		header, err := archive.Next()
		if err != nil {
			return Manifest{}, fmt.Errorf("%w: %s: %w", ErrArchive, c.Name, err)
		}
		if header.Name != c.Name || header.Typeflag != tar.TypeReg || header.Size != c.Size {
			return Manifest{}, fmt.Errorf("%w: want %s of %d bytes, got %s of %d", ErrArchive, c.Name, c.Size, header.Name, header.Size)
		}
		if err := extract(archive, dir, c); err != nil {
			return Manifest{}, err
		}
	}
	if _, err := archive.Next(); !errors.Is(err, io.EOF) {
		return Manifest{}, fmt.Errorf("%w: it goes on after its end", ErrArchive)
	}
	return m, nil
}

func readManifest(archive *tar.Reader) (Manifest, error) {
	header, err := archive.Next()
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if header.Name != manifestFile || header.Size > maxManifest {
		return Manifest{}, fmt.Errorf("%w: it has no manifest", ErrArchive)
	}
	var m Manifest
	if err := json.NewDecoder(archive).Decode(&m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %s: %w", ErrArchive, manifestFile, err)
	}
	if m.Format != archiveFormat {
		return Manifest{}, fmt.Errorf("%w that this program can read: its format is %d, want %d", ErrArchive, m.Format, archiveFormat)
	}
	want := dataFiles()
	if len(m.Files) != len(want) {
		return Manifest{}, fmt.Errorf("%w: it has %d files, want %d", ErrArchive, len(m.Files), len(want))
	}
	for i, c := range m.Files {
		if c.Name != want[i] { // so no name can lead anywhere else
			return Manifest{}, fmt.Errorf("%w: it has a file %q, want %s", ErrArchive, c.Name, want[i])
		}
	}
	return m, nil
}

// extract writes one file and has it on the disk.
func extract(r io.Reader, dir string, c Content) error {
	f, err := os.OpenFile(filepath.Join(dir, c.Name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, hash), r)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: %s: %w", ErrArchive, c.Name, err)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != c.SHA256 {
		return fmt.Errorf("%w: %s has been changed", ErrArchive, c.Name)
	}
	return nil
}
