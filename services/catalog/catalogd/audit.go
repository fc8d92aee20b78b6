package catalogd

import (
	"context"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/audit"
	"stockroom/pkg/coherent/httppeek"
	"stockroom/services/catalog/adapters/httpapi"
)

// newAuditor makes what compares the caches of all replicas with the database,
// if it is wanted. It has connections of its own: whatever it waits for, no
// request and no lease waits behind it.
func (s *Server) newAuditor(ctx context.Context) (err error) {
	if len(s.cfg.AuditURLs) == 0 {
		return nil
	}
	doors, err := httppeek.NewDoors(httppeek.Config{URLs: s.cfg.AuditURLs, Token: s.cfg.InternalToken, Log: s.log})
	if err != nil {
		return err
	}
	if s.auditDB, err = openDatabase(ctx, s.cfg.DatabaseURL, false); err != nil {
		return err
	}
	svc := newService(s.auditDB.store)
	s.auditor = audit.New(audit.Config{
		Cache: cacheName, Source: s.auditDB.log, Replicas: doors.Replicas, Log: s.log,
		Load: func(key coherent.Key) (coherent.Load, bool) { return httpapi.Load(svc, key) },
	})
	s.auditor.Measure(s.telemetry)
	return nil
}
