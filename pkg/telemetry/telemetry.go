// Package telemetry makes what a program says about itself: its structured log.
package telemetry

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// NewLogger returns a logger that writes one JSON object per line to w, with
// UTC times. level is debug, info, warn or error in any letter case; an empty
// level is info.
func NewLogger(w io.Writer, level string) (*slog.Logger, error) {
	least := slog.LevelInfo
	if level != "" {
		if err := least.UnmarshalText([]byte(level)); err != nil {
			return nil, fmt.Errorf("log level %q is none of debug, info, warn, error", level)
		}
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level:       least,
		ReplaceAttr: utc,
	})), nil
}

// utc keeps the lines of machines in different time zones comparable as text.
func utc(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
		a.Value = slog.TimeValue(a.Value.Time().UTC().Truncate(time.Microsecond))
	}
	return a
}
