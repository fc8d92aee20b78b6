// Package authd puts the auth service together and runs it.
package authd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/password"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/bcrypthash"
	"stockroom/services/auth/adapters/httpapi"
	"stockroom/services/auth/adapters/jwtsigner"
	"stockroom/services/auth/adapters/memorythrottle"
	"stockroom/services/auth/adapters/redisthrottle"
	"stockroom/services/auth/adapters/usersclient"
)

const (
	title   = "Stockroom auth"
	version = "1.0.0"
)

// Server is an auth service that listens but does not answer yet.
type Server struct {
	cfg       Config
	doors     web.Doors
	telemetry *telemetry.Telemetry
	log       *slog.Logger
	db        database
	bus       *natsbus.Bus // nil without NATS
	svc       *auth.Service
	courier   *auth.Courier
	outbox    outbox
	ring      *auth.Keyring

	closeThrottle func() error // nil without Redis

	verifier *token.Verifier
	public   *web.API
	internal *web.API
}

// New connects the service to the world as cfg says. The server owns doors from
// now on, and closes them also when New fails.
func New(ctx context.Context, cfg Config, doors web.Doors, t *telemetry.Telemetry) (_ *Server, err error) {
	s := &Server{cfg: cfg.orDefault(), doors: doors, telemetry: t, log: t.Log}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.cfg.check(); err != nil {
		return nil, err
	}
	if s.db, err = openDatabase(ctx, cfg.DatabaseURL, cfg.Migrate); err != nil {
		return nil, err
	}
	if cfg.NATSURL != "" {
		if s.bus, err = natsbus.Connect(cfg.NATSURL, "authd", t); err != nil {
			return nil, err
		}
	}
	if err := s.assemble(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) assemble(ctx context.Context) error {
	sealer, err := auth.NewSealer(s.cfg.Secret, s.cfg.SecretPrevious)
	if err != nil {
		return err
	}
	secrets, err := auth.OpenSecrets(ctx, s.db.vault, s.db.keys, sealer, s.cfg.Secret)
	if err != nil {
		return err
	}
	plan := auth.KeyPlan{Lead: s.cfg.KeyLead, Lifetime: s.cfg.KeyLifetime}
	if s.ring, err = auth.OpenKeyring(ctx, s.db.keys, sealer, plan, time.Now, uuid.NewString); err != nil {
		return err
	}
	throttle, err := s.newThrottle()
	if err != nil {
		return err
	}
	hasher, err := bcrypthash.New(secrets.Pepper, s.cfg.PasswordCost, s.cfg.Hashers, s.cfg.HashAside)
	if err != nil {
		return err
	}
	signer := jwtsigner.New(s.ring, s.cfg.TokenIssuer, s.cfg.TokenAudience)
	s.svc = auth.NewService(auth.Parts{
		Credentials:   s.db.credentials,
		Changes:       s.db.changes,
		Sessions:      s.db.sessions,
		Endings:       s.db.endings,
		Letters:       s.db.letters,
		Accounts:      usersclient.New(strings.TrimSuffix(s.cfg.UsersInternalURL, "/"), s.cfg.InternalToken),
		Hasher:        hasher,
		Signer:        signer,
		Secrets:       secrets,
		Throttle:      throttle,
		Limits:        s.cfg.Login.limits(),
		Lifetimes:     auth.Lifetimes{Absolute: s.cfg.SessionLifetime, Idle: s.cfg.SessionIdle},
		Stolen:        s.stolen,
		Mail:          auth.MailPolicy{On: s.cfg.mails(), Verification: auth.Verification(s.cfg.EmailVerification)},
		CheckPassword: password.Check,
		Now:           time.Now,
		NewID:         func() string { return uuid.Must(uuid.NewV7()).String() },
	})
	mailer, err := s.newMailer()
	if err != nil {
		return err
	}
	s.courier = auth.NewCourier(s.svc, mailer, auth.Texts{ResetURL: s.cfg.ResetURL, VerifyURL: s.cfg.VerifyURL})
	s.verifier = s.newVerifier(signer, plan.MaxAge())
	s.db.log.OnCommit(s.verifier.SessionsCommitted)
	gate := token.NewGate(s.verifier, httpapi.Roles())
	s.public = web.New(web.Config{
		Title: title, Version: version, Telemetry: s.telemetry, Gate: gate,
	})
	httpapi.Mount(s.public, s.svc, gate, httpapi.Issuer{Name: s.cfg.TokenIssuer, Keys: signer.JWKS, KeysFor: plan.MaxAge()})
	s.internal = web.NewInternal(web.Config{
		Title: title + ", internal", Version: version, Telemetry: s.telemetry, PreviousToken: s.cfg.InternalTokenPrevious,
	}, s.cfg.InternalToken, map[string]web.Check{"tokens": s.verifier.Started})
	httpapi.MountInternal(s.internal, s.svc, s.db.log)
	httpapi.MountKeys(s.internal, s.ring)
	httpapi.MountOperator(s.internal, s.svc)
	s.measure(hasher)
	return nil
}

func (s *Server) measure(hasher *bcrypthash.Hasher) {
	s.db.measure(s.telemetry)
	s.verifier.Measure(s.telemetry)
	hasher.Measure(s.telemetry)
	s.measureMail()
	if s.bus != nil {
		s.bus.Measure(s.telemetry)
	}
}

// stolen warns whoever runs the system. The audit has it too.
func (s *Server) stolen(ctx context.Context, session auth.Session, from auth.Origin) {
	s.log.WarnContext(ctx, "a refresh token was used again, so its session has ended",
		"account", session.Account, "session", session.ID, "address", from.Address)
}

// newThrottle returns one that all replicas share, if there is a Redis.
func (s *Server) newThrottle() (auth.Throttle, error) {
	own := memorythrottle.New(time.Now)
	if s.cfg.RedisURL == "" {
		return own, nil
	}
	shared, err := redisthrottle.New(s.cfg.RedisURL, own, time.Now, s.log)
	if err != nil {
		return nil, fmt.Errorf("STOCKROOM_REDIS_URL: %w", err)
	}
	s.closeThrottle = shared.Close
	return shared, nil
}

// rights is what the own verifier follows: the log itself, so that it is also the
// one to begin a new epoch when the database turns out to be older than it was.
type rights struct {
	httpapi.Rights
	commitlog.Raiser
}

// newVerifier returns a verifier that has the signing keys from here, where
// they are made, and the sessions that ended from the database itself. It takes
// note of those that end here before the answer is out, and tells the others.
func (s *Server) newVerifier(signer *jwtsigner.Signer, every time.Duration) *token.Verifier {
	cfg := token.Config{
		Issuer: s.cfg.TokenIssuer, Audience: s.cfg.TokenAudience,
		JWKS:             func(context.Context) ([]byte, error) { return json.Marshal(signer.JWKS()) },
		JWKSEvery:        every,
		UsersInternalURL: s.cfg.UsersInternalURL, InternalToken: s.cfg.InternalToken,
		Sessions: rights{httpapi.Rights{Source: s.db.log, Service: s.svc}, s.db.log},
		Log:      s.log,
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
	if s.closeThrottle != nil {
		err = errors.Join(err, s.closeThrottle())
	}
	if s.db.close != nil {
		err = errors.Join(err, s.db.close())
	}
	return err
}
