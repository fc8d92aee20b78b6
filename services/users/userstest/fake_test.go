package userstest_test

import (
	"testing"

	"stockroom/services/users/userstest"
)

func TestStore(t *testing.T) {
	t.Parallel()

	userstest.TestStore(t, func(*testing.T) userstest.Opened {
		s := new(userstest.Store)
		return userstest.Opened{Store: s, Rights: s, Log: s, Actors: s.Actors}
	})
}
