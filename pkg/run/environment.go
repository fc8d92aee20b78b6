package run

import (
	"fmt"
	"maps"
	"os"
	"strings"
)

const (
	prefix = "STOCKROOM_"
	asFile = "_FILE"
)

// Environment returns the variables of the environment that are ours. Each may
// be given as a file that holds it, and whose path is in the variable of the
// same name with _FILE at the end: secrets are mounted as files, so that they
// stand in no list of processes and in no description of a container. One line
// break at the end of a file is not part of the value.
func Environment() (map[string]string, error) {
	env := map[string]string{}
	for _, entry := range os.Environ() {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, prefix) {
			env[name] = value
		}
	}
	for file, path := range maps.Clone(env) {
		name, ok := strings.CutSuffix(file, asFile)
		if !ok || path == "" {
			continue
		}
		if env[name] != "" {
			return nil, fmt.Errorf("both %s and %s are set", name, file)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		env[name] = strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	}
	return env, nil
}
