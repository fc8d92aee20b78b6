package usersd

import (
	"context"
	"errors"
	"time"

	"stockroom/services/users"
)

// VerifyAudit looks whether the audit trail in the database at databaseURL, as
// Config.DatabaseURL has it, is what was written. It fails with
// users.ErrTrailBroken if not. The service may run meanwhile.
func VerifyAudit(ctx context.Context, databaseURL string) (trail users.Trail, err error) {
	db, err := openDatabase(ctx, databaseURL, false)
	if err != nil {
		return users.Trail{}, err
	}
	defer func() { err = errors.Join(err, db.close()) }()

	return users.NewService(db.store, db.store, nil, time.Now, newChange).VerifyTrail(ctx)
}
