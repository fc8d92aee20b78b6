package telemetry_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
)

func TestLoggerWritesJSONInUTC(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "")
	require.NoError(t, err)
	log.Debug("hidden")
	log.Info("shown", "n", 1)

	var line struct {
		Time time.Time
		Msg  string
		N    int
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), "exactly one line")
	require.Equal(t, "shown", line.Msg)
	require.Equal(t, 1, line.N)
	require.Equal(t, time.UTC, line.Time.Location())
}

func TestLevelIsChosenByName(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "ERROR")
	require.NoError(t, err)
	log.Warn("hidden")
	require.Empty(t, out.String())
}

func TestUnknownLevelIsRefused(t *testing.T) {
	t.Parallel()

	_, err := telemetry.NewLogger(new(bytes.Buffer), "loud")
	require.ErrorContains(t, err, "loud")
}
