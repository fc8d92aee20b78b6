//go:build !race

package auth_test

const rotations = 1000
