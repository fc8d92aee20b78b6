package token

import "stockroom/pkg/errs"

// Why a request is not admitted.
var (
	ErrUnauthenticated  = errs.New(errs.Unauthenticated, "unauthenticated", "Authentication required")
	ErrInvalid          = errs.New(errs.Unauthenticated, "invalid_token", "The token is not valid")
	ErrExpired          = errs.New(errs.Unauthenticated, "token_expired", "The token has expired")
	ErrSessionRevoked   = errs.New(errs.Unauthenticated, "session_revoked", "The session has ended")
	ErrPermissionDenied = errs.New(errs.Forbidden, "permission_denied", "Permission denied")
	ErrUnavailable      = errs.New(errs.Unavailable, "dependency_unavailable", "Permissions cannot be checked at the moment")
)
