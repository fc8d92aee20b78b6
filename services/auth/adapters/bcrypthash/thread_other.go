//go:build !linux

package bcrypthash

// aside does work. Only Linux has threads of different priority.
func aside(work func()) { work() }
