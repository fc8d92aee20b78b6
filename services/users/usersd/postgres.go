package usersd

import (
	"context"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/postgres"
	"stockroom/pkg/telemetry"
	"stockroom/services/users/adapters/pgstore"
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
	log := pglog.New(pool)
	return database{
		store: pgstore.New(pool, log), log: log,
		measure: func(t *telemetry.Telemetry) { postgres.Measure(t, pool) },
		close: func() error {
			log.Close()
			pool.Close()
			return nil
		},
	}, nil
}
