//go:build !unix

package upstream

import "syscall"

// hungUp cannot look into a connection here; such a request is lost instead of
// being sent again.
func hungUp(syscall.RawConn) bool { return false }
