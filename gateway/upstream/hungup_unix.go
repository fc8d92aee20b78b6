//go:build unix

package upstream

import (
	"errors"
	"syscall"
)

// watch looks at an idle connection. What it needs for that it keeps, as it
// looks before every request.
type watch struct {
	raw  syscall.RawConn
	look func(fd uintptr)
	err  error
	b    [1]byte
}

func newWatch(raw syscall.RawConn) *watch {
	w := &watch{raw: raw}
	w.look = func(fd uintptr) {
		_, _, w.err = syscall.Recvfrom(int(fd), w.b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	}
	return w
}

// hungUp reports whether the connection has ended, or holds bytes that nobody
// asked for. It does not wait.
func (w *watch) hungUp() bool {
	if err := w.raw.Control(w.look); err != nil {
		return true
	}
	return !errors.Is(w.err, syscall.EAGAIN) && !errors.Is(w.err, syscall.EINTR)
}
