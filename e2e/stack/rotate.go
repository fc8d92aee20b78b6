package stack

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// RotateKeys makes a successor of the signing key, and returns its id.
func (s *System) RotateKeys(tb testing.TB) (kid string) {
	tb.Helper()

	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, s.Internal["auth"]+"/internal/v1/keys/rotate", http.NoBody)
	require.NoError(tb, err)
	req.Header.Set("Authorization", "Bearer "+s.InternalToken)
	res, err := http.DefaultClient.Do(req)
	require.NoError(tb, err)
	defer res.Body.Close() //nolint:errcheck // it is read
	require.Equal(tb, http.StatusOK, res.StatusCode)
	var made struct {
		ID string `json:"kid"`
	}
	require.NoError(tb, json.NewDecoder(res.Body).Decode(&made))
	return made.ID
}
