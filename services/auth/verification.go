package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"stockroom/pkg/errs"
)

// Verification says what it matters whether the email of an account is verified.
type Verification string

// The kinds of verification.
const (
	VerificationOff      Verification = "off"      // who wants may verify theirs
	VerificationOptional Verification = "optional" // everybody who registers is asked to
	VerificationRequired Verification = "required" // and cannot sign in before
)

// MailPolicy says what mail is there for.
type MailPolicy struct {
	On           bool // there is a way to send any
	Verification Verification
}

const (
	// welcomeAfter leaves it time to make the account that a letter is for.
	welcomeAfter = 2 * time.Second
	// longestEmail is more than any email has, those that were imported too.
	longestEmail = 320
)

// AskForVerification has a letter sent with which the holder of an account can
// show that mail arrives, unless that is known.
func (s *Service) AskForVerification(ctx context.Context, id AccountID) error {
	err := s.enqueue(ctx, Letter{Purpose: PurposeVerify, Account: id}, 0)
	if errors.Is(err, ErrCredentialNotFound) {
		return ErrSessionRevoked
	}
	return err
}

// AskForVerificationOf does it for whoever has the account with that email, and
// cannot sign in before. It does not tell whether there is one.
func (s *Service) AskForVerificationOf(ctx context.Context, email string) error {
	return s.ask(ctx, PurposeVerify, email)
}

// VerifyEmail notes that mail arrives where the letter with the token was sent
// to. It fails with a validation error, also if the account has another email by
// now.
func (s *Service) VerifyEmail(ctx context.Context, token string) error {
	letter, err := s.letter(ctx, PurposeVerify, hashOf(token))
	if err == nil {
		err = s.Accounts.VerifyEmail(ctx, letter.Account, letter.Email)
	}
	switch {
	case errors.Is(err, ErrLetterNotFound):
		return errs.Validation(unusable())
	case errors.Is(err, ErrEmailChanged), errors.Is(err, ErrAccountNotFound):
		return errors.Join(errs.Validation(unusable()), s.Letters.Drop(ctx, letter.ID))
	case err != nil:
		return err
	}
	return s.Letters.Drop(ctx, letter.ID)
}

// welcome has a letter sent to who registers, once the account is there. Where
// too many wait, registering goes on without: one can be asked for later.
func (s *Service) welcome(ctx context.Context, a Account) error {
	if !s.Mail.On || a.EmailVerified || s.Mail.Verification == VerificationOff {
		return nil
	}
	err := s.enqueue(ctx, Letter{Purpose: PurposeVerify, Account: a.ID, Email: a.Email}, welcomeAfter)
	if errors.Is(err, ErrLettersFull) {
		return nil
	}
	return err
}

// ask has a letter sent to whoever has an email, if anybody does.
func (s *Service) ask(ctx context.Context, p Purpose, email string) error {
	email = strings.TrimSpace(email)
	switch {
	case email == "":
		return errs.Validation(errs.Field{Pointer: "/email", Code: "required", Detail: "Must not be empty."})
	case len(email) > longestEmail:
		return errs.Validation(errs.Field{Pointer: "/email", Code: "too_long", Detail: "Must have at most 320 bytes."})
	}
	return s.enqueue(ctx, Letter{Purpose: p, Email: email}, 0)
}

func (s *Service) enqueue(ctx context.Context, l Letter, in time.Duration) error {
	if !s.Mail.On {
		return ErrNoMail
	}
	now := s.time()
	l.ID, l.CreatedAt, l.DueAt, l.ExpiresAt = LetterID(s.NewID()), now, now.Add(in), now.Add(giveUpAfter)
	if err := s.Letters.Add(ctx, l, maxWaiting); err != nil {
		return err
	}
	select {
	case s.wake <- struct{}{}:
	default: // it is awake
	}
	return nil
}
