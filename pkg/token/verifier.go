package token

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/maypok86/otter/v2"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
)

// Config says whose tokens to take and where to learn of keys and revocations.
type Config struct {
	Issuer   string
	Audience string

	JWKSURL string
	// JWKS gives the document of signing keys instead of JWKSURL, for the service that makes them.
	JWKS      func(context.Context) ([]byte, error)
	JWKSEvery time.Duration // how often JWKS is looked at; zero: once a minute
	jwksEvery func() time.Duration

	UsersInternalURL string // internal door of users, without a path
	InternalToken    string
	// Rights tells of revocations instead of UsersInternalURL, for the service that decides on them.
	Rights Rights
	Bus    commitlog.Bus // brings revocations at once; nil: they are asked for all the time

	Log *slog.Logger
	Now func() time.Time // time.Now if nil
}

// Verifier decides whether an access token is good. Use it from any number of
// goroutines; without a running Run it knows no revocations.
type Verifier struct {
	parser   *jwt.Parser
	keys     *keys
	rights   *Revocations
	follower *commitlog.Follower
	verified *otter.Cache[string, verdict]
	now      func() time.Time
	started  time.Time
}

// verdict is the result of a verification, good as long as its key is.
type verdict struct {
	caller Caller
	kid    string
	key    ed25519.PublicKey
}

const (
	leeway = 3 * time.Second // of clocks between machines

	maxToken = 4 << 10
	// cacheBytes bounds the verified tokens kept; one weighs about 600 bytes.
	cacheBytes    = 16 << 20
	verdictWeight = 200
)

// NewVerifier returns a verifier that begins to follow when it is Run.
func NewVerifier(cfg Config) *Verifier {
	cfg = cfg.withDefaults()
	rights := newRevocations(cfg.Rights.Revocations, cfg.Now)
	return &Verifier{
		keys:   newKeys(cfg.JWKS, cfg.jwksEvery, cfg.Now, cfg.Log),
		rights: rights,
		follower: commitlog.NewFollower(commitlog.Config{
			Source: cfg.Rights, Sink: rights, Bus: cfg.Bus, Subject: Subject, Log: cfg.Log,
		}),
		now:     cfg.Now,
		started: cfg.Now(),
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithIssuer(cfg.Issuer),
			jwt.WithAudience(cfg.Audience),
			jwt.WithExpirationRequired(),
			jwt.WithIssuedAt(),
			jwt.WithLeeway(leeway),
			jwt.WithStrictDecoding(),
			jwt.WithTimeFunc(cfg.Now),
		),
		verified: otter.Must(&otter.Options[string, verdict]{
			MaximumWeight: cacheBytes,
			Weigher: func(raw string, _ verdict) uint32 {
				return uint32(len(raw)) + verdictWeight
			},
		}),
	}
}

// Measure shows in t how well revocations are followed. Call it before Run.
func (v *Verifier) Measure(t *telemetry.Telemetry) { v.follower.Measure(t, "users") }

// Run follows signing keys and revocations until ctx ends. It does not fail
// when auth or users are away, it tries again.
func (v *Verifier) Run(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		v.keys.run(ctx)
	}()
	err := v.follower.Run(ctx)
	<-done
	return err
}

// startPatience is for auth and users to be there when a verifier starts.
const startPatience = 10 * time.Second

var errStarting = errors.New("signing keys or revocations are not known yet")

// Started fails as long as the verifier still learns what it needs to decide,
// so that a replica that has just started gets no requests that it would turn
// away. It does not wait for ever: services that all start at once wait for
// each other.
func (v *Verifier) Started(context.Context) error {
	if v.keys.set.Load() != nil && v.rights.Ready() || v.now().Sub(v.started) > startPatience {
		return nil
	}
	return errStarting
}

// Verify returns who the token speaks for. It fails with ErrInvalid, ErrExpired
// or, as long as no signing key is known, ErrUnavailable.
func (v *Verifier) Verify(ctx context.Context, raw string) (Caller, error) {
	found, ok := v.cached(raw)
	if !ok {
		var err error
		if found, err = v.verify(ctx, raw); err != nil {
			return Caller{}, err
		}
		v.verified.Set(raw, found)
	}
	// Asked on every use: rights are taken away after a token was found good.
	if v.rights.Refuses(found.caller.Account, found.caller.AuthzVersion) {
		return Caller{}, ErrInvalid.Because("The account's rights have changed; refresh the token.")
	}
	return found.caller, nil
}

// Fresh tells whether revocations are known up to this moment, or nearly so.
func (v *Verifier) Fresh() bool {
	return v.freshWithin(trustForPower)
}

// freshWithin tells whether all revocations older than d are known. Before
// the first snapshot that cannot be, but own data may be read from the start.
func (v *Verifier) freshWithin(d time.Duration) bool {
	if !v.rights.Ready() {
		return d >= trustForOwn && v.now().Sub(v.started) <= d
	}
	return v.follower.Age() <= d
}

// Offer tells the verifier of a commit in the users log before the log itself
// does. It counts when Offer returns, whether or not the verifier runs: users
// offers its own commits before it answers.
func (v *Verifier) Offer(ctx context.Context, e commitlog.Event) {
	v.rights.Forget(e)
	v.follower.Offer(ctx, e)
}

func (v *Verifier) cached(raw string) (verdict, bool) {
	found, ok := v.verified.GetIfPresent(raw)
	if !ok {
		return verdict{}, false
	}
	// A verdict ends with its token, and with a key that is no longer published.
	key, _ := v.keys.known(found.kid)
	if !v.now().Before(found.caller.ExpiresAt.Add(leeway)) || !found.key.Equal(key) {
		v.verified.Invalidate(raw)
		return verdict{}, false
	}
	return found, true
}
