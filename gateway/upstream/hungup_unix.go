//go:build unix

package upstream

import (
	"errors"
	"syscall"
)

// hungUp reports whether an idle connection has ended, or holds bytes that
// nobody asked for. It looks without waiting.
func hungUp(raw syscall.RawConn) bool {
	var (
		b   [1]byte
		err error
	)
	ctl := raw.Control(func(fd uintptr) {
		_, _, err = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	quiet := errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR)
	return ctl != nil || !quiet
}
