package users

import (
	"errors"
	"strings"

	"stockroom/pkg/errs"
)

// Edit is what shall be different about an account. What is nil stays.
type Edit struct {
	Email    *string
	Username *string
	Password *string

	// CurrentPassword proves who changes their own password.
	CurrentPassword string
}

// Check returns a validation failure that names every field of e which is not as
// it should be. What current has already is never wrong: what was read can be
// sent back, even if it was imported and would be refused as new.
func (e Edit) Check(current Account) error { return e.apply(&current) }

// apply makes a what e wants, but for the password. Afterwards a is of use only
// if there was no error.
func (e Edit) apply(a *Account) error {
	return invalid(e.changeEmail(a), e.rename(a))
}

func (e Edit) changeEmail(a *Account) (err error) {
	if e.Email == nil || strings.TrimSpace(*e.Email) == string(a.Email) && a.Email != "" {
		return nil
	}
	a.Email, err = ParseEmail(*e.Email)
	a.EmailVerified = false // who reads mail to the new one, nobody has shown
	return err
}

func (e Edit) rename(a *Account) (err error) {
	if e.Username == nil || strings.TrimSpace(*e.Username) == string(a.Username) && a.Username != "" {
		return nil
	}
	a.Username, err = ParseUsername(*e.Username)
	return err
}

// invalid joins validation failures into one, as all wrong fields come in one
// answer.
func invalid(failures ...error) error {
	var fields []errs.Field
	for _, err := range failures {
		if e, ok := errors.AsType[*errs.Error](err); ok {
			fields = append(fields, e.Fields...)
		}
	}
	return errs.Validation(fields...)
}
