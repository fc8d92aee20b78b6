// Package catalogd puts the catalog service together and runs it.
package catalogd

import (
	"context"
	"errors"
	"log/slog"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/audit"
	"stockroom/pkg/coherent/httppeek"
	"stockroom/pkg/coherent/redisl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/catalog"
	"stockroom/services/catalog/adapters/httpapi"
)

const (
	title   = "Stockroom catalog"
	version = "1.0.0"

	// cacheName is shared by all replicas that encode products alike. A new
	// encoding gets a new number, and with it a cache of its own.
	cacheName = "catalog:1"
)

// Subject is where commits of the catalog are announced on NATS.
const Subject = "stockroom.catalog.log"

var errBehind = errors.New("the log was not followed yet")

// Server is a catalog service that listens but does not answer yet.
type Server struct {
	cfg       Config
	doors     web.Doors
	telemetry *telemetry.Telemetry
	log       *slog.Logger
	db        database
	bus       *natsbus.Bus   // nil without NATS
	shared    *redisl2.Store // nil without Redis
	cache     *coherent.Cache
	follower  *commitlog.Follower
	auditor   *audit.Auditor // nil unless wanted
	auditDB   database
	verifier  *token.Verifier
	public    *web.API
	internal  *web.API
}

// New connects the service to the world as cfg says. The server owns doors from
// now on, and closes them also when New fails.
func New(ctx context.Context, cfg Config, doors web.Doors, t *telemetry.Telemetry) (_ *Server, err error) {
	s := &Server{cfg: cfg, doors: doors, telemetry: t, log: t.Log}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()

	if err := cfg.check(); err != nil {
		return nil, err
	}
	if s.db, err = openDatabase(ctx, cfg.DatabaseURL, cfg.Migrate); err != nil {
		return nil, err
	}
	if cfg.NATSURL != "" {
		if s.bus, err = natsbus.Connect(cfg.NATSURL, "catalogd", t); err != nil {
			return nil, err
		}
	}
	if err := s.newCache(); err != nil {
		return nil, err
	}
	s.verifier = s.newVerifier()

	s.public = web.New(web.Config{
		Title: title, Version: version, Telemetry: t, Gate: token.NewGate(s.verifier, catalog.Permissions()),
	})
	httpapi.Mount(s.public, newService(s.db.store), s.cache, s.follower)
	s.internal = web.NewInternal(web.Config{
		Title: title + ", internal", Version: version, Telemetry: t, PreviousToken: cfg.InternalTokenPrevious,
	}, cfg.InternalToken, s.ready())
	httplog.Mount(s.internal.App(), s.db.log)
	httppeek.Mount(s.internal.App(), s.cache)
	if err := s.newAuditor(ctx); err != nil {
		return nil, err
	}
	s.measure()
	return s, nil
}

func (s *Server) measure() {
	s.db.measure(s.telemetry)
	s.verifier.Measure(s.telemetry)
	if s.bus != nil {
		s.bus.Measure(s.telemetry)
	}
	s.cache.Measure(s.telemetry)
	s.follower.Measure(s.telemetry, "catalog")
	if s.shared != nil {
		s.shared.Measure(s.telemetry)
	}
}

// newCache makes the cache and what keeps it in step with the log.
func (s *Server) newCache() (err error) {
	cfg := coherent.Config{Name: cacheName, Log: s.log}
	if s.cfg.RedisURL != "" {
		if s.shared, err = redisl2.New(redisl2.Config{URL: s.cfg.RedisURL, Name: cacheName, Log: s.log}); err != nil {
			return err
		}
		cfg.Store = s.shared // only then: a nil *Store in the interface would not be nil
	}
	s.cache = coherent.New(cfg)
	s.follower = commitlog.NewFollower(commitlog.Config{
		Source: s.db.log, Sink: s.cache, Bus: s.messages(), Subject: Subject, Log: s.log,
	})
	s.cache.Follow(s.follower)
	s.db.log.OnCommit(s.follower.Committed)
	return nil
}

func (s *Server) newVerifier() *token.Verifier {
	return token.NewVerifier(token.Config{
		Issuer: s.cfg.TokenIssuer, Audience: s.cfg.TokenAudience,
		JWKSURL:         s.cfg.AuthURL + "/.well-known/jwks.json",
		AuthInternalURL: s.cfg.AuthInternalURL, UsersInternalURL: s.cfg.UsersInternalURL, InternalToken: s.cfg.InternalToken,
		Bus: s.messages(), Log: s.log,
	})
}

// messages returns the bus, or a nil interface, which a nil *Bus in it is not.
func (s *Server) messages() commitlog.Bus {
	if s.bus == nil {
		return nil
	}
	return s.bus
}

// ready does not depend on other services for long: they would wait for each
// other when all of them start.
func (s *Server) ready() map[string]web.Check {
	return map[string]web.Check{
		"log": func(context.Context) error {
			if s.follower.Applied().Epoch == 0 {
				return errBehind
			}
			return nil
		},
		"tokens": s.verifier.Started,
	}
}

// Addr returns the address of the public door.
func (s *Server) Addr() string { return s.doors.Public.Addr().String() }

// InternalAddr returns the address of the internal door.
func (s *Server) InternalAddr() string { return s.doors.Internal.Addr().String() }

// Close releases what New acquired. Run does so by itself.
func (s *Server) Close() error {
	err := s.doors.Close()
	if s.bus != nil {
		s.bus.Close()
	}
	if s.shared != nil {
		err = errors.Join(err, s.shared.Close())
	}
	if s.cache != nil {
		s.cache.Close()
	}
	for _, db := range []database{s.auditDB, s.db} {
		if db.close != nil {
			err = errors.Join(err, db.close())
		}
	}
	return err
}
