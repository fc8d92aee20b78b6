package authtest_test

import (
	"testing"

	"stockroom/services/auth"
	"stockroom/services/auth/authtest"
)

func TestFakeAccounts(t *testing.T) {
	t.Parallel()

	authtest.TestAccounts(t, func(*testing.T) (auth.Accounts, *authtest.Accounts) {
		a := authtest.NewAccounts()
		return a, a
	})
}

func TestFakeHasher(t *testing.T) {
	t.Parallel()

	authtest.TestHasher(t, authtest.Hasher{})
}
