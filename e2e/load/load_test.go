// Package load_test measures what a request costs, in both forms of the system.
//
// The clients share the machine with the system under test, so requests per
// second are what both can do together; cpu-µs/op is the system alone.
package load_test

import (
	"testing"

	"stockroom/e2e/stack"
)

// productionCost is what passwords are hashed with by default.
const productionCost = 12

func TestMain(m *testing.M) { stack.Main(m) }

func BenchmarkOneProcess(b *testing.B) {
	measure(b, stack.Child(b, stack.Options{PasswordCost: productionCost}))
}

func BenchmarkSeparateProcesses(b *testing.B) {
	measure(b, stack.Processes(b, stack.Options{PasswordCost: productionCost}))
}

func measure(b *testing.B, s *stack.System) {
	b.Helper()

	shop := openShop(b, s)
	b.Run("CachedDetail", func(b *testing.B) { load(b, s, shop.detail) })
	b.Run("CachedList", func(b *testing.B) { load(b, s, shop.list) })
	b.Run("Search", func(b *testing.B) { load(b, s, shop.search) })
	b.Run("Create", func(b *testing.B) {
		shop.signIn(b) // the token of the beginning may have expired
		load(b, s, shop.create)
	})
	b.Run("Login", func(b *testing.B) { load(b, s, shop.login) })
}
