package proxy

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Place is where a proxy runs, and what it leads to.
type Place struct {
	Dir     string // for its files
	Built   string // folder of what is built from other modules
	Backend string // address of what answers
	Inside  string // address of the internal door of that
	Redis   string // URL
}

var errMissing = errors.New("not installed")

// installed finds a program of the system, which is in a package of its name.
func installed(name string) (string, error) {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin") {
		if file, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return file, nil
		}
	}
	return "", fmt.Errorf("%w: apt-get install %s", errMissing, name)
}

// built finds what bench/deps has built.
func (at Place) built(name string) (string, error) {
	file, err := filepath.Abs(filepath.Join(at.Built, name))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(file); err != nil {
		return "", fmt.Errorf("%w: bench/deps builds it", errMissing)
	}
	return file, nil
}

// write writes a file of configuration, with {{.Dir}} and so on filled in.
func (at Place) write(name, text, addr string) (string, error) {
	file := filepath.Join(at.Dir, name)
	filled := strings.NewReplacer("{{.Dir}}", at.Dir, "{{.Addr}}", addr, "{{.Backend}}", at.Backend).Replace(text)
	if err := os.WriteFile(file, []byte(filled), 0o600); err != nil {
		return "", fmt.Errorf("write %s: %w", file, err)
	}
	return file, nil
}
