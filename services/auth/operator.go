package auth

import (
	"context"
	"errors"

	"stockroom/pkg/errs"
)

// CreateAdmin registers an administrator in the name of who runs the system, and
// who vouches for the email. It fails as Register does.
func (s *Service) CreateAdmin(ctx context.Context, r Registration) (Account, error) {
	return s.register(ctx, r, Account{Role: RoleAdmin, EmailVerified: true})
}

// SetPassword gives the account of a username, active or not, another password
// in the name of who runs the system, and ends all its sessions. It fails with a
// validation error, with ErrAccountNotFound, or with ErrCredentialNotFound if the
// account came without a password and auth has to import it first.
func (s *Service) SetPassword(ctx context.Context, username, password string) (Account, error) {
	if err := errs.Validation(s.CheckPassword("/password", password)...); err != nil {
		return Account{}, err
	}
	const attempts = 3 // each lost one means that another change went through
	var err error
	for range attempts {
		var account Account
		if account, err = s.Accounts.Lookup(ctx, username); err != nil {
			return Account{}, err
		}
		account, err = s.replace(ctx, byOperator, account, password, "")
		if !errors.Is(err, ErrCredentialChanged) {
			return account, err
		}
	}
	return Account{}, err
}
