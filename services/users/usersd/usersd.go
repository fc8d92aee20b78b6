// Package usersd puts the users service together and runs it.
package usersd

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/users"
	"stockroom/services/users/adapters/authclient"
	"stockroom/services/users/adapters/httpapi"
	"stockroom/services/users/adapters/internalapi"
)

const (
	title   = "Stockroom users"
	version = "1.0.0"
)

// Server is a users service that listens but does not answer yet.
type Server struct {
	cfg       Config
	doors     web.Doors
	telemetry *telemetry.Telemetry
	log       *slog.Logger
	db        database
	bus       *natsbus.Bus // nil without NATS
	svc       *users.Service
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
		if s.bus, err = natsbus.Connect(cfg.NATSURL, "usersd", t); err != nil {
			return nil, err
		}
	}
	s.svc = users.NewService(s.db.store, s.db.store, authclient.New(cfg.AuthInternalURL, cfg.InternalToken), time.Now, newChange)
	s.verifier = s.newVerifier()
	s.db.log.OnCommit(s.verifier.AccountsCommitted)

	s.public = web.New(web.Config{
		Title: title, Version: version, Telemetry: t, Gate: token.NewGate(s.verifier, users.Permissions()),
	})
	httpapi.Mount(s.public, s.svc)
	s.internal = web.NewInternal(web.Config{
		Title: title + ", internal", Version: version, Telemetry: t, PreviousToken: cfg.InternalTokenPrevious,
	}, cfg.InternalToken, map[string]web.Check{"tokens": s.verifier.Started})
	internalapi.Mount(s.internal, s.svc, s.db.log)
	s.measure()
	return s, nil
}

func (s *Server) measure() {
	s.db.measure(s.telemetry)
	s.verifier.Measure(s.telemetry)
	if s.bus != nil {
		s.bus.Measure(s.telemetry)
	}
}

func newChange() users.ChangeID { return users.ChangeID(uuid.Must(uuid.NewV7()).String()) }

// rights is what the own verifier follows: the log itself, so that it is also the
// one to begin a new epoch when the database turns out to be older than it was.
type rights struct {
	internalapi.Rights
	commitlog.Raiser
}

// newVerifier returns a verifier that asks the database itself for what others
// ask this service. It takes note of rights taken away here before the answer is
// out, and tells the others.
func (s *Server) newVerifier() *token.Verifier {
	cfg := token.Config{
		Issuer: s.cfg.TokenIssuer, Audience: s.cfg.TokenAudience,
		JWKSURL:         s.cfg.AuthURL + "/.well-known/jwks.json",
		AuthInternalURL: s.cfg.AuthInternalURL, InternalToken: s.cfg.InternalToken,
		Rights: rights{internalapi.Rights{Source: s.db.log, Service: s.svc}, s.db.log},
		Log:    s.log,
	}
	if s.bus != nil { // a nil *Bus in the interface would not be nil
		cfg.Bus = s.bus
	}
	return token.NewVerifier(cfg)
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
	if s.db.close != nil {
		err = errors.Join(err, s.db.close())
	}
	return err
}
