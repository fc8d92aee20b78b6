package httpapi

import (
	"errors"

	"stockroom/pkg/errs"
	"stockroom/pkg/password"
	"stockroom/pkg/web"
	"stockroom/services/users"
)

type listInput struct {
	Page     int `query:"page" default:"1" minimum:"1" doc:"From 1; a page past the end is empty"`
	PageSize int `query:"page_size" default:"10" minimum:"1" maximum:"100" doc:"Accounts per page"`
}

type accountInput struct {
	ID web.ID `path:"id"`
}

type editInput struct {
	ID   web.ID `path:"id"`
	Body accountEdit
}

// accountEdit is a partial account. The members of an account that cannot be set
// here are ignored, so that what was read can be changed and sent back.
type accountEdit struct {
	Email           web.Optional[string] `json:"email" doc:"At most 254 bytes, unique whatever its letter case" example:"ada@example.com"`
	Username        web.Optional[string] `json:"username" doc:"3 to 100 characters without @ and blanks, unique whatever its letter case" example:"ada"`
	Password        web.Optional[string] `json:"password" doc:"8 to 100 characters with an upper-case letter, a lower-case letter and a digit"`
	CurrentPassword web.Optional[string] `json:"current_password" doc:"For whoever changes their own password"`

	ID            string `json:"id,omitempty" readOnly:"true"`
	Role          string `json:"role,omitempty" readOnly:"true"`
	IsActive      bool   `json:"is_active,omitempty" readOnly:"true"`
	EmailVerified bool   `json:"email_verified,omitempty" readOnly:"true"`
	CreatedAt     string `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt     string `json:"updated_at,omitempty" readOnly:"true"`
}

func (b accountEdit) edit() users.Edit {
	return users.Edit{
		Email: sent(b.Email), Username: sent(b.Username), Password: sent(b.Password),
		CurrentPassword: b.CurrentPassword.Value,
	}
}

func sent(o web.Optional[string]) *string {
	if !o.Set {
		return nil
	}
	return &o.Value
}

// Validate names every member that could not be set on any account.
func (b accountEdit) Validate() error {
	var fields []errs.Field
	if e, ok := errors.AsType[*errs.Error](b.edit().Check(users.Account{})); ok {
		fields = e.Fields
	}
	if b.Password.Set {
		fields = append(fields, password.Check("/password", b.Password.Value)...)
	}
	// An imported account may have such a username already, and then it is fine
	// to send it back. Only the service can tell.
	if len(fields) == 1 && fields[0].Pointer == "/username" {
		return nil
	}
	return errs.Validation(fields...)
}

type roleInput struct {
	ID   web.ID               `path:"id"`
	Role web.Optional[string] `query:"role" enum:"admin,user" doc:"Unless it is in the body"`
	Body *roleAssignment
}

// roleAssignment is an account of which only the role counts.
type roleAssignment struct {
	Role web.Optional[string] `json:"role" enum:"admin,user" doc:"Unless it is in the query"`

	ID            string `json:"id,omitempty" readOnly:"true"`
	Email         string `json:"email,omitempty" readOnly:"true"`
	Username      string `json:"username,omitempty" readOnly:"true"`
	IsActive      bool   `json:"is_active,omitempty" readOnly:"true"`
	EmailVerified bool   `json:"email_verified,omitempty" readOnly:"true"`
	CreatedAt     string `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt     string `json:"updated_at,omitempty" readOnly:"true"`
}

// Validate demands a role, and only one.
func (in roleInput) Validate() error {
	inBody := in.Body != nil && in.Body.Role.Set
	switch {
	case !in.Role.Set && !inBody:
		return errs.Validation(errs.Field{Pointer: "/role", Code: "required", Detail: "Is required, here or in the query."})
	case in.Role.Set && inBody && in.Role.Value != in.Body.Role.Value:
		return errs.Validation(errs.Field{Pointer: "/role", Code: "invalid", Detail: "Must be the role in the query, if both are sent."})
	}
	return nil
}

func (in roleInput) role() string {
	if in.Role.Set {
		return in.Role.Value
	}
	return in.Body.Role.Value
}
