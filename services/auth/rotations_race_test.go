//go:build race

package auth_test

const rotations = 60
