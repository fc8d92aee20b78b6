package auth

import (
	"context"
	"errors"
)

// Refresh exchanges a refresh token for new tokens with the present rights of
// the account. It fails with ErrInvalidRefreshToken if it is none, and with
// ErrSessionRevoked if the session or the account ended, or if the token was
// used before.
func (s *Service) Refresh(ctx context.Context, raw string, from Origin) (Tokens, error) {
	id, generation, err := s.Secrets.readRefreshToken(raw)
	if err != nil {
		return Tokens{}, err
	}
	account, err := s.holder(ctx, id, from)
	if err != nil {
		return Tokens{}, err
	}
	return s.rotate(ctx, account, id, from, func(*Session) int64 { return generation })
}

// rotate exchanges the refresh token of the generation that shown returns for
// new tokens.
func (s *Service) rotate(ctx context.Context, account Account, id SessionID, from Origin, shown func(current *Session) int64) (Tokens, error) {
	var (
		session Session
		next    int64
		refused error
		stolen  bool
	)
	err := s.Sessions.Update(ctx, id, from, func(current *Session) error {
		lived := current.RevokedAt.IsZero()
		next, refused = current.Rotate(shown(current), s.time(), s.Lifetimes.Idle)
		session, stolen = *current, lived && current.RevokedFor == RevokedReuse
		return nil // a refusal may have ended the session, and that has to be kept
	})
	if err != nil {
		return Tokens{}, ended(err)
	}
	if stolen {
		s.Stolen(ctx, session, from)
	}
	if refused != nil {
		return Tokens{}, refused
	}
	return s.tokens(account, session, next)
}

// holder returns whose session it is, and ends it if the account is not live, or
// was not for a while.
func (s *Service) holder(ctx context.Context, id SessionID, from Origin) (Account, error) {
	session, err := s.Sessions.Session(ctx, id)
	if err != nil {
		return Account{}, ended(err)
	}
	if !session.Live(s.time(), s.Lifetimes.Idle) {
		return Account{}, ErrSessionRevoked
	}
	account, err := s.Accounts.Account(ctx, session.Account)
	if err != nil && !errors.Is(err, ErrAccountNotFound) {
		return Account{}, err
	}
	if !session.of(account) {
		return Account{}, s.end(ctx, id, from)
	}
	// A password changed a moment ago ends this session before it goes on.
	if _, err := s.settled(ctx, account); err != nil && !errors.Is(err, ErrCredentialNotFound) {
		return Account{}, err
	}
	return account, nil
}

// end revokes a session whose account is not live, and returns why it cannot
// go on.
func (s *Service) end(ctx context.Context, id SessionID, from Origin) error {
	err := s.Sessions.Update(ctx, id, from, func(current *Session) error {
		current.Revoke(s.time(), RevokedAccount)
		return nil
	})
	if err != nil {
		return ended(err)
	}
	return ErrSessionRevoked
}

func ended(err error) error {
	if errors.Is(err, ErrSessionNotFound) {
		return ErrSessionRevoked
	}
	return err
}
