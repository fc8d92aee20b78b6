package authd

import (
	"context"

	"stockroom/pkg/postgres"
	"stockroom/pkg/telemetry"
	"stockroom/services/auth/adapters/pgstore"
)

func openPostgres(ctx context.Context, url string, migrate bool) (database, error) {
	open := postgres.OpenMigrated
	if migrate {
		open = postgres.Open
	}
	pool, err := open(ctx, url, pgstore.Migrations())
	if err != nil {
		return database{}, err
	}
	return database{
		credentials: pgstore.NewCredentials(pool),
		changes:     pgstore.NewChanges(pool),
		sessions:    pgstore.NewSessions(pool),
		keys:        pgstore.NewKeys(pool),
		letters:     pgstore.NewLetters(pool),
		measure:     func(t *telemetry.Telemetry) { postgres.Measure(t, pool) },
		close:       func() error { pool.Close(); return nil },
	}, nil
}
