//go:build !failpoints

package stack

// tags are what the programs are built with.
const tags = ""
