package usersclient

import (
	"time"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

type names struct {
	Email    string `json:"email"`
	Username string `json:"username"`
}

type newAccount struct {
	names
	Role          string `json:"role"`
	EmailVerified bool   `json:"email_verified,omitempty"`
}

type emailOnly struct {
	Email string `json:"email"`
}

type passwordChange struct {
	Change   string `json:"change_id"`
	Previous string `json:"previous,omitempty"`
	Actor    string `json:"actor,omitempty"`
}

type lookup struct {
	Username string `json:"username"`
}

type account struct {
	ID                string    `json:"id"`
	Email             string    `json:"email"`
	Username          string    `json:"username"`
	Role              string    `json:"role"`
	IsActive          bool      `json:"is_active"`
	EmailVerified     bool      `json:"email_verified"`
	Deleted           bool      `json:"deleted"`
	AuthzVersion      int64     `json:"authz_version"`
	ReinstatedVersion int64     `json:"reinstated_version"`
	PasswordChange    string    `json:"password_change"`
	CreatedAt         time.Time `json:"created_at"`
	UpdatedAt         time.Time `json:"updated_at"`
}

func (a account) account() auth.Account {
	return auth.Account{
		ID:                auth.AccountID(a.ID),
		Email:             a.Email,
		Username:          a.Username,
		Role:              auth.Role(a.Role),
		Active:            a.IsActive,
		EmailVerified:     a.EmailVerified,
		Deleted:           a.Deleted,
		AuthzVersion:      a.AuthzVersion,
		ReinstatedVersion: a.ReinstatedVersion,
		PasswordChange:    auth.ChangeID(a.PasswordChange),
		CreatedAt:         a.CreatedAt.UTC(),
		UpdatedAt:         a.UpdatedAt.UTC(),
	}
}

// problem is what users answers when it says no.
type problem struct {
	Code   string  `json:"code"`
	Errors []field `json:"errors"`
}

type field struct {
	Pointer   string `json:"pointer"`
	Parameter string `json:"parameter"`
	Code      string `json:"code"`
	Detail    string `json:"detail"`
}

func (p problem) fields() []errs.Field {
	fields := make([]errs.Field, 0, len(p.Errors))
	for _, f := range p.Errors {
		fields = append(fields, errs.Field(f))
	}
	return fields
}
