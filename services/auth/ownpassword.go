package auth

import (
	"context"
	"errors"
	"time"

	"stockroom/pkg/errs"
)

// carryOut is how long it may take to put into use what has been committed,
// whether or not the client still waits.
const carryOut = 5 * time.Second

// ChangePassword gives the holder of a session a new password, ends all other
// sessions of the account, and returns new tokens for this one. It fails with a
// validation error, with ErrReauthenticationRequired if current is not the
// password, and with ErrSessionRevoked if the session or the account ended.
func (s *Service) ChangePassword(ctx context.Context, id SessionID, current, next string, from Origin) (Tokens, error) {
	if err := errs.Validation(s.CheckPassword("/new_password", next)...); err != nil {
		return Tokens{}, err
	}
	account, err := s.holder(ctx, id, from)
	if err != nil {
		return Tokens{}, err
	}
	credential, err := s.settled(ctx, account)
	if errors.Is(err, ErrCredentialNotFound) {
		return Tokens{}, ErrSessionRevoked
	}
	if err != nil {
		return Tokens{}, err
	}
	if err := s.checkCurrent(ctx, credential, current); err != nil {
		return Tokens{}, err
	}
	// What was settled may have ended this session.
	session, err := s.Sessions.Session(ctx, id)
	if err != nil {
		return Tokens{}, ended(err)
	}
	if !session.Live(s.time(), s.Lifetimes.Idle) {
		return Tokens{}, ErrSessionRevoked
	}
	account, err = s.replace(ctx, account.ID, account, next, id)
	switch {
	case errors.Is(err, ErrCredentialChanged):
		return Tokens{}, wrongPassword() // it was right until a moment ago
	case errors.Is(err, ErrAccountNotFound):
		return Tokens{}, ErrSessionRevoked
	case err != nil:
		return Tokens{}, err
	}
	// The session goes on as if its refresh token had been shown.
	return s.rotate(ctx, account, id, from, func(current *Session) int64 { return current.Generation })
}

func wrongPassword() error {
	return ErrReauthenticationRequired.At(errs.Field{
		Pointer: "/current_password", Code: "wrong", Detail: "Is not the current password.",
	})
}

// byOperator stands for the account of who changes a password if that is who
// runs the system.
const byOperator AccountID = ""

// replace makes password the one of an account, and ends its sessions but the
// one to keep. It returns the account as it is then. It fails with
// ErrCredentialChanged if there was another change since account was read, and
// with ErrAccountNotFound.
//
// The change is made as soon as users has committed it. Wherever this stops
// after that, the next sign-in or the sweep carries it out; before, nothing has
// happened.
func (s *Service) replace(ctx context.Context, by AccountID, account Account, password string, keep SessionID) (Account, error) {
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return Account{}, err
	}
	change := Change{ID: ChangeID(s.NewID()), Account: account.ID, Hash: hash, Keep: keep, CreatedAt: s.time()}
	if err := s.Changes.Stage(ctx, change); err != nil {
		return Account{}, err
	}
	account, err = s.Accounts.ChangePassword(ctx, by, account.ID, change.ID, account.PasswordChange)
	if kind := errs.KindOf(err); kind == errs.Conflict || kind == errs.NotFound {
		return Account{}, errors.Join(err, s.Changes.Discard(ctx, change.ID))
	}
	if err != nil {
		return Account{}, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), carryOut)
	defer cancel()
	return account, s.ActivateChange(ctx, account.ID, change.ID, keep)
}
