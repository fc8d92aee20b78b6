package httpapi

import (
	"errors"

	"stockroom/pkg/errs"
	"stockroom/pkg/password"
	"stockroom/pkg/web"
	"stockroom/services/users"
)

type paging struct {
	Page     int `query:"page" default:"1" minimum:"1" doc:"From 1; a page past the end is empty"`
	PageSize int `query:"page_size" default:"10" minimum:"1" maximum:"100"`
}

type listInput struct {
	paging
	Search         string               `query:"search" maxLength:"254" doc:"A literal part of the email or of the username, in any letter case"`
	Role           web.Optional[string] `query:"role" enum:"admin,user"`
	IsActive       web.Optional[bool]   `query:"is_active"`
	IncludeDeleted bool                 `query:"include_deleted" default:"false" doc:"Deleted accounts too, which have deleted_at; erased ones are never listed"`
	SortBy         string               `query:"sort_by" default:"created_at" enum:"created_at,email,username" doc:"Texts go by code point, letter case folded. Accounts equal in it go by id."`
	SortOrder      string               `query:"sort_order" default:"desc" enum:"asc,desc"`
}

func (in listInput) filter() users.Filter {
	f := users.Filter{
		Page: in.Page, Size: in.PageSize, Search: in.Search, Role: users.Role(in.Role.Value), Deleted: in.IncludeDeleted,
		By: users.SortKey(in.SortBy), Ascending: in.SortOrder == "asc",
	}
	if in.IsActive.Set {
		f.IsActive = &in.IsActive.Value
	}
	return f
}

// reading is what every read of one account takes.
type reading struct {
	IfNoneMatch string `header:"If-None-Match" doc:"ETags; if the account still has one of them, the answer is 304."`
}

type readInput struct {
	ID web.ID `path:"id"`
	reading
}

// changing is what every change of one account takes.
type changing struct {
	ID      web.ID `path:"id"`
	IfMatch string `header:"If-Match" doc:"ETags; if the account has none of them, nothing changes and the answer is 412."`
}

type accountInput struct {
	ID web.ID `path:"id"`
}

type auditInput struct {
	ID web.ID `path:"id"`
	paging
}

type editInput struct {
	changing
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
	DeletedAt     string `json:"deleted_at,omitempty" readOnly:"true"`
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
	changing
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
	DeletedAt     string `json:"deleted_at,omitempty" readOnly:"true"`
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
