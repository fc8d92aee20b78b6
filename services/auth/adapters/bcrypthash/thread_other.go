//go:build !linux

package bcrypthash

// inLowPriority does work. Only Linux has threads of different priority.
func inLowPriority(work func()) { work() }
