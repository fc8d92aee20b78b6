//go:build race

package model_test

// defaultSeeds are few, and mutants not tried at all, with the race detector: it
// has nothing to find in worlds that do one thing at a time.
const defaultSeeds = 50
