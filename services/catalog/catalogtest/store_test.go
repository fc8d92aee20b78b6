package catalogtest_test

import (
	"testing"

	"stockroom/services/catalog/catalogtest"
)

func TestStore(t *testing.T) {
	t.Parallel()

	catalogtest.TestStore(t, func(*testing.T) catalogtest.Opened {
		s := catalogtest.New()
		return catalogtest.Opened{
			Store: s,
			Log:   func(_ *testing.T, after int64) []catalogtest.Commit { return s.Log(after) },
		}
	})
}
