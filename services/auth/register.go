package auth

import (
	"context"
	"errors"

	"stockroom/pkg/errs"
)

// Register makes an account with a credential. It fails with a validation
// error that names every field, with ErrEmailTaken, or with ErrUsernameTaken.
//
// Wherever it stops, nothing half-made remains that matters: a credential
// without an account is inert and swept later, and there is no account without
// a credential.
func (s *Service) Register(ctx context.Context, r Registration) (Account, error) {
	return s.register(ctx, r, Account{Role: RoleUser})
}

// EnsureAdmin registers an administrator unless there is an active one, and
// tells whether it did. Who runs the system vouches for the email.
func (s *Service) EnsureAdmin(ctx context.Context, r Registration) (bool, error) {
	admins, err := s.Accounts.ActiveAdmins(ctx)
	if err != nil || admins > 0 {
		return false, err
	}
	_, err = s.register(ctx, r, Account{Role: RoleAdmin, EmailVerified: true})
	if errs.KindOf(err) != errs.Conflict {
		return err == nil, err
	}
	// Another replica may have been faster; then there is nothing to complain of.
	if admins, again := s.Accounts.ActiveAdmins(ctx); again != nil || admins > 0 {
		return false, again
	}
	return false, err
}

// register makes the account with the names of r and the rest of a.
func (s *Service) register(ctx context.Context, r Registration, a Account) (Account, error) {
	r = r.trimmed()
	if err := s.acceptable(ctx, r); err != nil {
		return Account{}, err
	}
	hash, err := s.Hasher.Hash(ctx, r.Password)
	if err != nil {
		return Account{}, err
	}
	a.ID, a.Email, a.Username = AccountID(s.NewID()), r.Email, r.Username
	if err := s.Credentials.Add(ctx, Credential{Account: a.ID, Hash: hash, CreatedAt: s.time()}); err != nil {
		return Account{}, err
	}
	// Before there is an account, so that none is without its letter.
	if err := s.welcome(ctx, a); err != nil {
		return Account{}, errors.Join(err, s.Credentials.Remove(ctx, a.ID))
	}
	account, err := s.Accounts.Create(ctx, a)
	if kind := errs.KindOf(err); kind == errs.Conflict || kind == errs.Invalid {
		// Users said no, so there will be no account. After any other failure
		// there may be one: then the sweep finds out.
		return Account{}, errors.Join(err, s.Credentials.Remove(ctx, a.ID))
	}
	if err != nil {
		return Account{}, err
	}
	return account, s.Credentials.Confirm(ctx, a.ID)
}

// acceptable asks users about the names before a hash is paid for, and gathers
// all that is wrong with them and with the password.
func (s *Service) acceptable(ctx context.Context, r Registration) error {
	fields := s.CheckPassword("/password", r.Password)
	err := s.Accounts.Available(ctx, r.Email, r.Username)
	if refused, ok := errors.AsType[*errs.Error](err); ok && errors.Is(err, errs.ErrValidation) {
		return errs.Validation(append(fields, refused.Fields...)...)
	}
	if len(fields) > 0 {
		return errs.Validation(fields...)
	}
	return err
}
