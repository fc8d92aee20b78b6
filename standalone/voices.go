package standalone

import (
	"context"
	"fmt"
	"log/slog"

	"stockroom/pkg/telemetry"
)

// voices is the telemetry of each service, by its name: in one process, too,
// lines, metrics and spans tell whose they are.
type voices map[string]*telemetry.Telemetry

func openVoices(ctx context.Context, log *slog.Logger) (voices, error) {
	v := voices{}
	for _, service := range []string{"users", "auth", "catalog", "gateway"} {
		t, err := telemetry.FromEnv(ctx, service, log.With("service", service))
		if err != nil {
			v.close(ctx)
			return nil, fmt.Errorf("%s: %w", service, err)
		}
		v[service] = t
	}
	return v, nil
}

func (v voices) close(ctx context.Context) {
	for _, t := range v {
		t.Close(ctx)
	}
}
