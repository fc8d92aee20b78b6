//go:build !race

package model_test

const defaultSeeds = 20_000
