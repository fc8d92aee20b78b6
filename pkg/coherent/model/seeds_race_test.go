//go:build race

package model_test

// defaultSeeds are fewer with the race detector, which has nothing to find in
// worlds that are one goroutine at a time.
const defaultSeeds = 300
