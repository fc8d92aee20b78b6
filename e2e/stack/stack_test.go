package stack_test

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := stack.CleanUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

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
