package auth

import (
	"context"
	"errors"

	"stockroom/pkg/errs"
)

// NewPassword asks for a change of password to be staged.
type NewPassword struct {
	Change   ChangeID
	Account  AccountID
	Password string
	Current  *string   // compared first, unless nil
	Keep     SessionID // the session that goes on after the change; may be empty
}

// StageChange hashes a new password and keeps it until ActivateChange. It fails
// with a validation error, ErrCredentialNotFound, or, if the current password
// is wrong, ErrReauthenticationRequired, and ErrLoginThrottled if it was too often.
func (s *Service) StageChange(ctx context.Context, n NewPassword) error {
	if err := errs.Validation(s.CheckPassword("/password", n.Password)...); err != nil {
		return err
	}
	credential, err := s.Credentials.Credential(ctx, n.Account)
	if err != nil {
		return err
	}
	if n.Current != nil {
		if err := s.checkCurrent(ctx, credential, *n.Current); err != nil {
			return err
		}
	}
	hash, err := s.Hasher.Hash(ctx, n.Password)
	if err != nil {
		return err
	}
	return s.Changes.Stage(ctx, Change{
		ID: n.Change, Account: n.Account, Hash: hash, Keep: n.Keep, CreatedAt: s.time(),
	})
}

// checkCurrent fails with ErrReauthenticationRequired unless password is that of
// the credential. Whoever has got hold of a token may try here what the password
// is, so failures count: for the account, whose sign-ins they do not touch.
func (s *Service) checkCurrent(ctx context.Context, credential Credential, password string) error {
	marks := []Mark{s.mark(s.Limits.Name, "current password", "", string(credential.Account))}
	return s.throttled(ctx, marks, ErrReauthenticationRequired, func() error {
		match, _, err := s.Hasher.Verify(ctx, password, credential.Hash)
		if err != nil || match {
			return err
		}
		return wrongPassword()
	})
}

// ActivateChange puts a staged password into use after users has committed the
// change, and ends all sessions but the one to keep. Repeating it does nothing,
// and neither does it if a newer change has overtaken this one. It fails with
// ErrChangeNotFound if that change was never staged or is long gone.
func (s *Service) ActivateChange(ctx context.Context, id AccountID, change ChangeID, keep SessionID) error {
	const attempts = 5 // each lost one means that another change went through
	var err error
	for range attempts {
		if err = s.activate(ctx, id, change, keep); !errors.Is(err, ErrCredentialChanged) {
			return err
		}
	}
	return err
}

func (s *Service) activate(ctx context.Context, id AccountID, change ChangeID, keep SessionID) error {
	// The revision is read before users is asked: a change that is committed
	// and activated in between makes it stale, and this one starts over.
	credential, err := s.Credentials.Credential(ctx, id)
	if err != nil || credential.LastChange == change {
		return err
	}
	staged, err := s.Changes.Change(ctx, change)
	if err != nil {
		return s.unlessActive(ctx, id, change, err)
	}
	if staged.Account != id {
		return ErrChangeNotFound
	}
	account, err := s.Accounts.Account(ctx, id)
	if err != nil || account.PasswordChange != change {
		return err
	}
	if keep != "" {
		staged.Keep = keep
	}
	return s.Changes.Activate(ctx, staged, credential.Revision, s.time())
}

// unlessActive returns nil if the change was activated by somebody else
// between two reads, and err if not.
func (s *Service) unlessActive(ctx context.Context, id AccountID, change ChangeID, err error) error {
	credential, again := s.Credentials.Credential(ctx, id)
	if again == nil && credential.LastChange == change {
		return nil
	}
	return err
}

// Forget removes all that is kept of an account: its password, changes of it that
// are pending, and its sessions. It does nothing if there is nothing.
func (s *Service) Forget(ctx context.Context, id AccountID) error {
	return s.Credentials.Remove(ctx, id)
}

// settled returns the credential of an account with the last committed change
// in use, whether or not anybody has asked for that yet.
func (s *Service) settled(ctx context.Context, account Account) (Credential, error) {
	credential, err := s.Credentials.Credential(ctx, account.ID)
	if err != nil || account.PasswordChange == "" || account.PasswordChange == credential.LastChange {
		return credential, err
	}
	err = s.ActivateChange(ctx, account.ID, account.PasswordChange, "")
	if err != nil && !errors.Is(err, ErrChangeNotFound) {
		return Credential{}, err
	}
	return s.Credentials.Credential(ctx, account.ID)
}
