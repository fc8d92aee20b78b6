package users

import "context"

// PasswordChange is a new password that the service which keeps the secrets has
// hashed and holds ready, and that becomes the password by being committed.
type PasswordChange struct {
	ID ChangeID

	// Previous is the change that the new one follows on, empty if there was
	// none. Whoever proved to know the password before may not replace one that
	// they do not know.
	Previous ChangeID
}

// ChangePassword commits c for the account id, and returns the account as it is
// then. Repeating it changes nothing. It fails with [ErrPasswordChanged] if
// another change came after the previous one, and with [ErrAccountNotFound].
func (s *Service) ChangePassword(ctx context.Context, by Caller, id AccountID, c PasswordChange) (Account, error) {
	return s.store.Update(ctx, id, Change{
		Action: ActionChangePassword, By: by, At: s.time(),
		Apply: func(a *Account) error {
			if a.PasswordChange != c.ID && a.PasswordChange != c.Previous {
				return ErrPasswordChanged
			}
			a.PasswordChange = c.ID
			return nil
		},
	})
}

// VerifyEmail notes that mail to email reaches whoever has the account id.
// Repeating it changes nothing. It fails with [ErrEmailChanged] if the account
// has another email, be it only in another letter case, and with
// [ErrAccountNotFound].
func (s *Service) VerifyEmail(ctx context.Context, by Caller, id AccountID, email string) (Account, error) {
	return s.store.Update(ctx, id, Change{
		Action: ActionVerifyEmail, By: by, At: s.time(),
		Apply: func(a *Account) error {
			if string(a.Email) != email {
				return ErrEmailChanged
			}
			a.EmailVerified = true
			return nil
		},
	})
}
