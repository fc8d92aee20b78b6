package users

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Foreign is an account as another system has it. What is empty, nil or zero is
// missing there.
type Foreign struct {
	ID                  string
	Twin                bool // another row has this ID in another letter case
	Email, Username     string
	Role                string
	IsActive, IsDeleted *bool
	CreatedAt           time.Time
	UpdatedAt           time.Time
}

// The ways in which a row is no account.
var (
	errForeignID    = errors.New("id: is no UUID")
	errForeignTwin  = errors.New("id: another row has it in another letter case")
	errForeignRole  = errors.New("role: is neither ADMIN nor USER")
	errForeignState = errors.New("is_active or is_deleted: is missing")
	errForeignTime  = errors.New("created_at or updated_at: is missing or no time of the years 1 to 9999")
)

// account returns the row as an account, and what is different about it.
func (f Foreign) account() (a Account, changed string, err error) {
	id, ok := foreignID(f.ID)
	role := Role(strings.ToLower(f.Role))
	switch {
	case !ok:
		return Account{}, "", errForeignID
	case f.Twin:
		return Account{}, "", errForeignTwin
	case role != RoleAdmin && role != RoleUser:
		return Account{}, "", errForeignRole
	case f.IsActive == nil || f.IsDeleted == nil:
		return Account{}, "", errForeignState
	case f.CreatedAt.IsZero() || f.UpdatedAt.IsZero():
		return Account{}, "", errForeignTime
	}
	a = Account{
		ID: AccountID(id), Email: Email(strings.TrimSpace(f.Email)), Username: Username(strings.TrimSpace(f.Username)),
		Role: role, IsActive: *f.IsActive, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt,
	}
	if *f.IsDeleted {
		a.DeletedAt = f.UpdatedAt
	}
	if err := errors.Join(foreignText("email", string(a.Email)), foreignText("username", string(a.Username))); err != nil {
		return Account{}, "", err
	}
	return a, f.changed(a), nil
}

func (f Foreign) changed(a Account) string {
	var changes []string
	if string(a.ID) != f.ID {
		changes = append(changes, "id: written in lower case")
	}
	if string(a.Email) != f.Email {
		changes = append(changes, "email: blanks around it removed")
	}
	if string(a.Username) != f.Username {
		changes = append(changes, "username: blanks around it removed")
	}
	return strings.Join(changes, "; ")
}

func foreignText(field, s string) error {
	switch {
	case s == "":
		return errors.New(field + ": is empty")
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return errors.New(field + ": is not valid UTF-8 without U+0000")
	}
	return nil
}

// foreignID returns a UUID in its canonical form, or false.
func foreignID(s string) (string, bool) {
	s = strings.ToLower(s)
	id, err := uuid.Parse(s)
	return s, err == nil && id.String() == s
}
