//go:build race

package redisl2_test

// agreeSteps are fewer with the race detector, which slows miniredis down.
const agreeSteps = 5_000
