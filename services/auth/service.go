package auth

import (
	"context"
	"errors"
	"time"

	"stockroom/pkg/errs"
)

// AccessLifetime is how long an access token is good.
const AccessLifetime = 5 * time.Minute

// Claims are what an access token says.
type Claims struct {
	ID           string
	Account      AccountID
	Session      SessionID
	Role         Role
	AuthzVersion int64
	SignedInAt   time.Time
	IssuedAt     time.Time
	ExpiresAt    time.Time
}

// Tokens are what a sign-in gives.
type Tokens struct {
	Access    string
	Refresh   string
	ExpiresIn time.Duration // of the access token
}

// Parts are what a [Service] is made of; all are needed that do not say otherwise.
type Parts struct {
	Credentials Credentials
	Changes     Changes
	Sessions    Sessions
	Endings     Endings
	Letters     Letters
	Accounts    Accounts
	Hasher      Hasher
	Signer      Signer
	Secrets     Secrets
	Throttle    Throttle
	Limits      Limits    // of Throttle
	Lifetimes   Lifetimes // of sessions
	Mail        MailPolicy
	// CheckPassword returns a field with that pointer for each rule that a new password breaks.
	CheckPassword func(pointer, password string) []errs.Field
	Now           func() time.Time
	NewID         func() string // a new UUIDv7
	// Stolen is told when a refresh token was used again and has ended its
	// session; nobody is if it is nil.
	Stolen func(ctx context.Context, session Session, from Origin)
}

// Service does what auth is for.
type Service struct {
	Parts
	wake chan struct{} // tells the courier of a new letter
}

// NewService returns a service made of parts.
func NewService(p Parts) *Service {
	p.Lifetimes = p.Lifetimes.orDefault()
	if p.Stolen == nil {
		p.Stolen = func(context.Context, Session, Origin) {}
	}
	return &Service{p, make(chan struct{}, 1)}
}

// Login begins a session for who knows the name and the password of an active
// account, else it fails with ErrInvalidCredentials. All ways to fail take the
// same time: there is always one comparison of hashes. After too many failures
// it fails with ErrLoginThrottled at once. Where emails have to be verified and
// that of the account is not, it fails with ErrEmailUnverified. from is where the
// sign-in comes from.
func (s *Service) Login(ctx context.Context, username, password string, from Origin) (tokens Tokens, err error) {
	err = s.throttled(ctx, s.signInMarks(username, from.Address), ErrInvalidCredentials, func() error {
		tokens, err = s.signIn(ctx, username, password, from)
		return err
	})
	return tokens, err
}

func (s *Service) signIn(ctx context.Context, username, password string, from Origin) (Tokens, error) {
	account, credential, err := s.candidate(ctx, username)
	if err != nil {
		return Tokens{}, err
	}
	match, better, err := s.Hasher.Verify(ctx, password, credential.Hash)
	if err != nil {
		return Tokens{}, err
	}
	if !match || !account.live() {
		return Tokens{}, ErrInvalidCredentials
	}
	if s.Mail.Verification == VerificationRequired && !account.EmailVerified {
		return Tokens{}, ErrEmailUnverified
	}
	session := newSession(SessionID(s.NewID()), account, from, s.time(), s.Lifetimes.Absolute)
	err = s.Sessions.Add(ctx, session, credential.Revision)
	if errors.Is(err, ErrCredentialChanged) {
		return Tokens{}, ErrInvalidCredentials // it was the password until a moment ago
	}
	if err != nil {
		return Tokens{}, err
	}
	if err := s.makeRoom(ctx, account.ID, from); err != nil {
		return Tokens{}, err
	}
	if better != "" {
		if err := s.Credentials.Rehash(ctx, account.ID, credential.Hash, better); err != nil {
			return Tokens{}, err
		}
	}
	return s.tokens(account, session, session.Generation)
}

// candidate returns who may be signing in, and the credential to compare with:
// an empty one if nobody may.
func (s *Service) candidate(ctx context.Context, username string) (Account, Credential, error) {
	account, err := s.Accounts.Lookup(ctx, username)
	if err != nil && !errors.Is(err, ErrAccountNotFound) {
		return Account{}, Credential{}, err
	}
	if !account.live() {
		account = Account{ID: nobody}
	}
	credential, err := s.settled(ctx, account)
	if errors.Is(err, ErrCredentialNotFound) {
		return Account{}, Credential{}, nil
	}
	return account, credential, err
}

// Account returns the account of a signed-in caller, or ErrSessionRevoked if
// it is no longer live.
func (s *Service) Account(ctx context.Context, id AccountID) (Account, error) {
	account, err := s.Accounts.Account(ctx, id)
	if errors.Is(err, ErrAccountNotFound) || err == nil && !account.live() {
		return Account{}, ErrSessionRevoked
	}
	return account, err
}

func (s *Service) tokens(account Account, session Session, generation int64) (Tokens, error) {
	now := s.time()
	access, err := s.Signer.Sign(Claims{
		ID:           s.NewID(),
		Account:      account.ID,
		Session:      session.ID,
		Role:         account.Role,
		AuthzVersion: account.AuthzVersion,
		SignedInAt:   session.SignedInAt,
		IssuedAt:     now,
		ExpiresAt:    now.Add(AccessLifetime),
	})
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{access, s.Secrets.refreshToken(session.ID, generation), AccessLifetime}, nil
}

// time returns the present as databases keep it.
func (s *Service) time() time.Time {
	return s.Now().UTC().Truncate(time.Microsecond)
}
