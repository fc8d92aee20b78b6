package auth

import (
	"time"

	"stockroom/pkg/errs"
)

// Credential is the secret side of an account. Without an account of the same
// id it is inert, for signing in starts from the account.
type Credential struct {
	Account    AccountID
	Hash       string   // names its scheme
	Revision   int64    // rises when the password becomes another
	LastChange ChangeID // the change that made it so; empty if there was none
	CreatedAt  time.Time
}

// ChangeID identifies a change of password; a lower-case UUID, made by users.
type ChangeID string

// Change is a new password that waits for users to commit to it. Hashing takes
// too long for a transaction, so it is done before, and what a commit refers
// to is already here.
type Change struct {
	ID        ChangeID
	Account   AccountID
	Hash      string
	Keep      SessionID // the session that goes on; empty if none does
	CreatedAt time.Time
}

// The failures of credentials and their changes.
var (
	ErrCredentialNotFound = errs.New(errs.NotFound, "not_found", "Credential not found")
	ErrCredentialChanged  = errs.New(errs.Conflict, "credential_changed", "The password was changed meanwhile")
	ErrChangeNotFound     = errs.New(errs.NotFound, "not_found", "Change of password not found")

	// ErrInvalidCredentials is the one answer to every sign-in that fails, and
	// tells nothing about which part was wrong.
	ErrInvalidCredentials = errs.New(errs.Unauthenticated, "invalid_credentials", "Wrong username or password")

	// ErrOverloaded says that more passwords wait to be hashed than can be in
	// the time that a request has.
	ErrOverloaded = errs.New(errs.Unavailable, "overloaded", "Too many sign-ins at the moment")

	// ErrEmailUnverified is told only to who knows the password.
	ErrEmailUnverified = errs.New(errs.Forbidden, "email_unverified", "The email has to be verified first")

	ErrReauthenticationRequired = errs.New(errs.Forbidden, "reauthentication_required", "The current password is needed")
)
