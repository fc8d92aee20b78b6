package token

import (
	"context"
	"crypto/ed25519"
	"hash/maphash"
	"log/slog"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/errgroup"

	"stockroom/pkg/commitlog"
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

	UsersInternalURL string // internal doors, without a path
	AuthInternalURL  string
	InternalToken    string
	// Rights tells of accounts whose rights changed instead of UsersInternalURL,
	// and Sessions of those that ended instead of AuthInternalURL, for the
	// service that decides on them.
	Rights, Sessions Rights

	Bus commitlog.Bus // brings revocations at once; nil: they are asked for all the time

	Log *slog.Logger
	Now func() time.Time // time.Now if nil
}

// Verifier decides whether an access token is good. Use it from any number of
// goroutines; without a running Run it knows no revocations.
type Verifier struct {
	parser   *jwt.Parser
	keys     *keys
	accounts *followed
	sessions *followed
	verified *otter.Cache[uint64, verdict] // by the sum of the token
	seed     maphash.Seed
	now      func() time.Time
	started  time.Time
}

// verdict is the result of a verification, good as long as its key is.
type verdict struct {
	raw    string // the token
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
	return &Verifier{
		seed:     maphash.MakeSeed(),
		keys:     newKeys(cfg.JWKS, cfg.jwksEvery, cfg.Now, cfg.Log),
		accounts: follow(cfg, cfg.Rights, UsersLog, KindAuthz),
		sessions: follow(cfg, cfg.Sessions, AuthLog, KindEnded),
		now:      cfg.Now,
		started:  cfg.Now(),
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
		verified: otter.Must(&otter.Options[uint64, verdict]{
			MaximumWeight: cacheBytes,
			Weigher: func(_ uint64, found verdict) uint32 {
				return uint32(len(found.raw)) + verdictWeight
			},
		}),
	}
}

// Run follows signing keys and revocations until ctx ends. It does not fail
// when auth or users are away, it tries again.
func (v *Verifier) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { v.keys.run(ctx); return nil })
	g.Go(func() error { return v.accounts.follower.Run(ctx) })
	g.Go(func() error { return v.sessions.follower.Run(ctx) })
	return g.Wait()
}

// Verify returns who the token speaks for. It fails with ErrInvalid, ErrExpired,
// ErrSessionRevoked or, as long as no signing key is known, ErrUnavailable.
func (v *Verifier) Verify(ctx context.Context, raw string) (Caller, error) {
	found, err := v.authenticate(ctx, raw)
	if err != nil {
		return Caller{}, err
	}
	if err := v.revoked(found.caller); err != nil {
		return Caller{}, err
	}
	return found.caller, nil
}

// authenticate returns who the token speaks for, or spoke for: it may have been
// revoked.
func (v *Verifier) authenticate(ctx context.Context, raw string) (verdict, error) {
	sum := maphash.String(v.seed, raw)
	if found, ok := v.known(sum); ok && found.raw == raw {
		return found, nil
	}
	found, err := v.verify(ctx, raw)
	if err == nil {
		v.verified.Set(sum, found)
	}
	return found, err
}

// known returns the verdict on a token with that sum, if there is one that stands.
func (v *Verifier) known(sum uint64) (verdict, bool) {
	found, ok := v.verified.GetIfPresent(sum)
	return found, ok && v.stands(found)
}

// stands reports whether a verdict has not ended with its token, or with a key
// that is no longer published.
func (v *Verifier) stands(found verdict) bool {
	key, _ := v.keys.known(found.kid)
	return v.now().Before(found.caller.ExpiresAt.Add(leeway)) && found.key.Equal(key)
}

// revoked fails if what the caller's token says has ended since. It is asked on
// every use: rights are taken away after a token was found good.
func (v *Verifier) revoked(c Caller) error {
	if v.sessions.refuses(c.Session, 0) { // first, for then no refreshing helps
		return ErrSessionRevoked.Because("Sign in again.")
	}
	if v.accounts.refuses(c.Account, c.AuthzVersion) {
		return ErrInvalid.Because("The account's rights have changed; refresh the token.")
	}
	return nil
}
