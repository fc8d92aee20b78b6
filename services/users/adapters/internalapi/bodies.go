package internalapi

import (
	"time"

	"stockroom/pkg/web"
	"stockroom/services/users"
)

type lookupInput struct {
	Body struct {
		Username string `json:"username"`
	}
}

type emailInput struct {
	Body struct {
		Email string `json:"email"`
	}
}

type availabilityInput struct {
	Body struct {
		Email    string `json:"email"`
		Username string `json:"username"`
	}
}

type availability struct {
	EmailTaken    bool `json:"email_taken"`
	UsernameTaken bool `json:"username_taken"`
}

type knownInput struct {
	Body struct {
		IDs []web.ID `json:"ids"`
	}
}

type known struct {
	IDs []web.ID `json:"ids"`
}

type accountInput struct {
	ID web.ID `path:"id"`
}

type createInput struct {
	ID   web.ID `path:"id"`
	Body struct {
		Email    string `json:"email"`
		Username string `json:"username"`
		Role     string `json:"role"`

		EmailVerified web.Optional[bool] `json:"email_verified" doc:"An operator vouches for the email"`
	}
}

type passwordChangeInput struct {
	ID   web.ID `path:"id"`
	Body struct {
		Change   web.ID               `json:"change_id"`
		Previous web.Optional[web.ID] `json:"previous" doc:"The change that this one follows on; left out if there was none"`
		Actor    web.Optional[web.ID] `json:"actor" doc:"The account that wants it; left out if an operator does"`
	}
}

type verificationInput struct {
	ID   web.ID `path:"id"`
	Body struct {
		Email string `json:"email" doc:"What was verified, letter for letter"`
	}
}

type admins struct {
	Active int `json:"active"`
}

// account is all there is to know of an account.
type account struct {
	ID                web.ID    `json:"id"`
	Email             string    `json:"email"`
	Username          string    `json:"username"`
	Role              string    `json:"role"`
	IsActive          bool      `json:"is_active"`
	EmailVerified     bool      `json:"email_verified"`
	Deleted           bool      `json:"deleted"`
	AuthzVersion      int64     `json:"authz_version"`
	ReinstatedVersion int64     `json:"reinstated_version" doc:"Sessions of an earlier version have ended"`
	PasswordChange    string    `json:"password_change"`
	CreatedAt         time.Time `json:"created_at"`
	UpdatedAt         time.Time `json:"updated_at"`
}

func accountOf(a users.Account) account {
	return account{
		ID: web.ID(a.ID), Email: string(a.Email), Username: string(a.Username), Role: string(a.Role),
		IsActive: a.IsActive, EmailVerified: a.EmailVerified, Deleted: a.Deleted(), AuthzVersion: a.AuthzVersion,
		ReinstatedVersion: a.ReinstatedVersion,
		PasswordChange:    string(a.PasswordChange), CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
}
