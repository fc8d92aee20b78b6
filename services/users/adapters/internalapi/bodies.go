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
	}
}

type admins struct {
	Active int `json:"active"`
}

// account is all there is to know of an account.
type account struct {
	ID             web.ID    `json:"id"`
	Email          string    `json:"email"`
	Username       string    `json:"username"`
	Role           string    `json:"role"`
	IsActive       bool      `json:"is_active"`
	Deleted        bool      `json:"deleted"`
	AuthzVersion   int64     `json:"authz_version"`
	PasswordChange string    `json:"password_change"`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
}

func accountOf(a users.Account) account {
	return account{
		ID: web.ID(a.ID), Email: string(a.Email), Username: string(a.Username), Role: string(a.Role),
		IsActive: a.IsActive, Deleted: a.Deleted(), AuthzVersion: a.AuthzVersion,
		PasswordChange: string(a.PasswordChange), CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
}
