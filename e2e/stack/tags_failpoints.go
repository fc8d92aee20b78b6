//go:build failpoints

package stack

// tags are what the programs are built with: the same as the tests.
const tags = "failpoints"
