package proxy

import (
	"context"
	"debug/buildinfo"
	"os/exec"
	"regexp"
)

// said returns the version that a program says it is, with -v, or nothing.
func said(ctx context.Context, file string) string {
	out, _ := exec.CommandContext(ctx, file, "-v").CombinedOutput() // nothing then, which harms nobody
	return string(regexp.MustCompile(`\d+(\.\d+)+`).Find(out))
}

// consists returns the version of a module that a program of Go was built from
// or of, or nothing.
func consists(file, module string) string {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return ""
	}
	for _, dep := range append(info.Deps, &info.Main) {
		if dep.Path == module {
			return dep.Version
		}
	}
	return ""
}
