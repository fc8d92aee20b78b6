//go:build failpoints

package failpoint

import (
	"os"
	"path/filepath"
	"syscall"
)

// Dir is the variable with the folder in which a test names the place where it
// wants the process killed, by a file of that name.
const Dir = "STOCKROOM_FAILPOINTS"

// Reach kills the process, as a crash would, if a test wants that here. Whoever
// takes the file away is the one that dies.
func Reach(place string) {
	dir := os.Getenv(Dir)
	if dir == "" || os.Remove(filepath.Join(dir, place)) != nil {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nothing that could fail
	select {}
}
