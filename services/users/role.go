package users

import "stockroom/pkg/errs"

// Role says what an account may do; see [Permissions].
type Role string

// The roles. There are no others.
const (
	RoleAdmin Role = "admin"
	RoleUser  Role = "user"
)

// ParseRole returns the role called s, or a validation failure.
func ParseRole(s string) (Role, error) {
	switch r := Role(s); r {
	case RoleAdmin, RoleUser:
		return r, nil
	default:
		return "", errs.Validation(errs.Field{
			Pointer: "/role", Code: "enum", Detail: "Must be admin or user.",
		})
	}
}
