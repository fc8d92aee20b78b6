//go:build !race

package redisl2_test

const agreeSteps = 100_000
