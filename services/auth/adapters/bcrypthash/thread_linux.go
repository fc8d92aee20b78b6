package bcrypthash

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// niceness is that of a thread that hashes. Reading comes first; but beside
// something else that wants all processors a hash still gets a tenth of one, and
// is done before its request runs out of time.
const niceness = 10

// inLowPriority does work in a thread of low priority, and returns when it is done.
func inLowPriority(work func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		// Never unlocked: the thread ends with the goroutine, for a priority that
		// was lowered cannot be raised again. That costs little beside a hash.
		runtime.LockOSThread()
		// Without success it is only less polite.
		_ = unix.Setpriority(unix.PRIO_PROCESS, 0, niceness)
		work()
	}()
	<-done
}
