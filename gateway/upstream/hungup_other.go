//go:build !unix

package upstream

import "syscall"

// watch cannot look into a connection here; a request that goes over one that
// has ended is lost instead of being sent again.
type watch struct{}

func newWatch(syscall.RawConn) *watch { return nil }

func (*watch) hungUp() bool { return false }
