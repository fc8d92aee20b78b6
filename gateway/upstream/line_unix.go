//go:build unix

package upstream

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// line is a connection as the system sees it. What it needs it keeps: it is
// asked for every request.
type line struct {
	raw  syscall.RawConn
	turn func(fd uintptr) bool

	sent     bool
	out, in  []byte
	n        int
	err      error
	unwanted [1]byte
}

func newLine(raw syscall.RawConn) *line {
	l := &line{raw: raw}
	l.turn = l.take
	return l
}

// ask sends what is in out over an idle connection, waits for what comes back,
// reads that into in, and returns how many bytes it is. It does not wait if in is
// empty, or if the system has no room for all of out: what is left is unsent. It
// fails with [errStale], and sends nothing, if the other side has hung up or has
// sent something that nobody asked for.
//
// To look for that costs nothing more: who has looked before they send need not
// try to read right afterwards, when there can be no answer yet, for the system
// tells of all that comes after the look.
func (l *line) ask(out, in []byte) (n int, unsent []byte, err error) {
	l.sent, l.out, l.in, l.n, l.err = false, out, in, 0, nil
	err = l.raw.Read(l.turn)
	if err == nil {
		err = l.err
	}
	n, unsent = l.n, l.out
	l.out, l.in, l.err = nil, nil, nil
	return n, unsent, err
}

// take is called when something may be read, and once before. It returns
// whether that was all.
func (l *line) take(fd uintptr) bool {
	if l.sent {
		n, err := again(func() (int, error) { return syscall.Read(int(fd), l.in) })
		switch {
		case errors.Is(err, syscall.EAGAIN):
			return false
		case err != nil:
			l.err = os.NewSyscallError("read", err)
		case n == 0:
			l.err = io.EOF
		default:
			l.n = n
		}
		return true
	}
	l.sent = true
	if _, err := again(func() (int, error) {
		n, _, err := syscall.Recvfrom(int(fd), l.unwanted[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return n, err
	}); !errors.Is(err, syscall.EAGAIN) {
		l.err = errStale
		return true
	}
	n, err := again(func() (int, error) { return syscall.Write(int(fd), l.out) })
	if err != nil && !errors.Is(err, syscall.EAGAIN) {
		l.err = os.NewSyscallError("write", err)
		return true
	}
	l.out = l.out[max(n, 0):]
	return len(l.out) > 0 || len(l.in) == 0
}

// again calls the system until no signal comes in between.
func again(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}
