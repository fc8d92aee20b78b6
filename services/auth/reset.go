package auth

import (
	"context"
	"errors"

	"stockroom/pkg/errs"
)

// AskForReset has a letter sent with which whoever reads mail to email can set a
// new password, if an active account has that email. Whether one has is not
// looked at here: that would show in how long it takes.
func (s *Service) AskForReset(ctx context.Context, email string) error {
	return s.ask(ctx, PurposeReset, email)
}

// ResetPassword sets a new password for the account whose letter had the token,
// and ends all its sessions and all its other letters for a reset. It fails with
// a validation error; a password that breaks the rules leaves the token as good
// as it was.
func (s *Service) ResetPassword(ctx context.Context, token, password string) error {
	fields := s.CheckPassword("/new_password", password)
	account, err := s.resettable(ctx, hashOf(token))
	if errors.Is(err, ErrLetterNotFound) {
		return errs.Validation(append(fields, unusable())...)
	}
	if err != nil {
		return err
	}
	if len(fields) > 0 {
		return errs.Validation(fields...)
	}
	_, err = s.replace(ctx, account.ID, account, password, "")
	if errors.Is(err, ErrCredentialChanged) || errors.Is(err, ErrAccountNotFound) || errors.Is(err, ErrCredentialNotFound) {
		return errs.Validation(unusable()) // somebody was faster, with this token or otherwise
	}
	return err
}

// resettable returns the account that a token is good for, or fails with
// ErrLetterNotFound.
func (s *Service) resettable(ctx context.Context, token []byte) (Account, error) {
	letter, err := s.letter(ctx, PurposeReset, token)
	if err != nil {
		return Account{}, err
	}
	account, err := s.Accounts.Account(ctx, letter.Account)
	if errors.Is(err, ErrAccountNotFound) || err == nil && (!account.live() || account.Email != letter.Email) {
		return Account{}, ErrLetterNotFound
	}
	if err != nil {
		return Account{}, err
	}
	// A change that is committed ends the letters of before. Once it is carried
	// out, the token is still there only if it came after.
	if _, err := s.settled(ctx, account); err != nil && !errors.Is(err, ErrCredentialNotFound) {
		return Account{}, err
	}
	_, err = s.letter(ctx, PurposeReset, token)
	return account, err
}

// letter returns the letter that had a token, or fails with ErrLetterNotFound if
// that has ended.
func (s *Service) letter(ctx context.Context, p Purpose, token []byte) (Letter, error) {
	letter, err := s.Letters.Letter(ctx, p, token)
	if err == nil && !s.time().Before(letter.ExpiresAt) {
		return Letter{}, ErrLetterNotFound
	}
	return letter, err
}
