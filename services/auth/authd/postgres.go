package authd

import (
	"context"

	"stockroom/pkg/commitlog/pglog"
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
	log := pglog.New(pool)
	return database{
		credentials: pgstore.NewCredentials(pool, log),
		changes:     pgstore.NewChanges(pool, log),
		sessions:    pgstore.NewSessions(pool, log),
		endings:     pgstore.NewEndings(pool),
		keys:        pgstore.NewKeys(pool),
		vault:       pgstore.NewVault(pool),
		letters:     pgstore.NewLetters(pool),
		measure:     func(t *telemetry.Telemetry) { postgres.Measure(t, pool) },
		log:         log,
		close: func() error {
			log.Close()
			pool.Close()
			return nil
		},
	}, nil
}
