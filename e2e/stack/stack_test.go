package stack_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

func TestMain(m *testing.M) { stack.Main(m) }

func TestFormsStart(t *testing.T) {
	t.Parallel()

	for name, start := range map[string]func(t *testing.T) *stack.System{
		"InProcess": func(t *testing.T) *stack.System { return stack.InProcess(t) },
		"Child":     func(t *testing.T) *stack.System { return stack.Child(t, stack.Options{}) },
		"Processes": func(t *testing.T) *stack.System { return stack.Processes(t, stack.Options{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, start(t).URL+"/", http.NoBody)
			require.NoError(t, err)
			res, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Equal(t, http.StatusOK, res.StatusCode)
		})
	}
}
