package users

import (
	"errors"

	"stockroom/pkg/errs"
)

// The failures of this service.
var (
	ErrAccountNotFound  = errs.New(errs.NotFound, "not_found", "Account not found")
	ErrEmailTaken       = taken("/email", "email_taken", "Email already in use")
	ErrUsernameTaken    = taken("/username", "username_taken", "Username already in use")
	ErrAccountExists    = errs.New(errs.Conflict, "account_exists", "Another account has this id")
	ErrLastAdmin        = errs.New(errs.Conflict, "last_admin", "The last active admin cannot be taken away")
	ErrVersionConflict  = errs.New(errs.Stale, "version_conflict", "Version conflict")
	ErrSessionRevoked   = errs.New(errs.Unauthenticated, "session_revoked", "The session has ended")
	ErrPasswordChanged  = errs.New(errs.Conflict, "password_changed", "The password was changed meanwhile")
	ErrEmailChanged     = errs.New(errs.Conflict, "email_changed", "The account has another email")
	ErrReauthentication = errs.New(errs.Forbidden, "reauthentication_required", "Sign in again or give the current password")
	ErrThrottled        = errs.New(errs.Throttled, "login_throttled", "Too many wrong passwords")
	ErrAuthUnavailable  = errs.New(errs.Unavailable, "dependency_unavailable", "Passwords cannot be changed at the moment")
)

// ErrUnchanged tells a store that there is nothing to commit. No caller of a
// store sees it.
var ErrUnchanged = errors.New("nothing changed")

func taken(pointer, code, title string) *errs.Error {
	e := errs.New(errs.Conflict, code, title)
	e.Fields = []errs.Field{{Pointer: pointer, Code: "taken", Detail: "Is in use by another account."}}
	return e
}
