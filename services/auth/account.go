package auth

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"stockroom/pkg/errs"
)

// AccountID identifies an account; a lower-case UUID.
type AccountID string

// nobody is the id that no account has. Looking for its credential takes as
// long as looking for any other.
const nobody AccountID = "00000000-0000-0000-0000-000000000000"

// Role is what an account is allowed to do, as users names it.
type Role string

// The roles that auth itself hands out.
const (
	RoleUser  Role = "user"
	RoleAdmin Role = "admin"
)

// Account is what users tells about an account.
type Account struct {
	ID                AccountID
	Email             string
	Username          string
	EmailVerified     bool
	Role              Role
	Active            bool
	Deleted           bool
	AuthzVersion      int64    // rises with every change of role, status or password
	ReinstatedVersion int64    // the version by which it was activated or restored last; zero if never
	PasswordChange    ChangeID // the last change of password that users committed; empty if none
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// live tells whether the account may be used at all.
func (a Account) live() bool {
	return a.ID != "" && a.Active && !a.Deleted
}

// Why an account cannot be had. A taken name is a conflict of the field.
var (
	ErrAccountNotFound = errs.New(errs.NotFound, "not_found", "Account not found")
	ErrEmailTaken      = errs.New(errs.Conflict, "email_taken", "Email already in use")
	ErrUsernameTaken   = errs.New(errs.Conflict, "username_taken", "Username already in use")
	ErrEmailChanged    = errs.New(errs.Conflict, "email_changed", "The account has another email")
)

// Registration is what somebody who wants an account has to give.
type Registration struct {
	Email    string
	Username string
	Password string
}

// trimmed returns the registration with its texts as they are stored. The
// password stays as it is: a blank is as good as any other character.
func (r Registration) trimmed() Registration {
	r.Email = strings.TrimSpace(r.Email)
	r.Username = strings.TrimSpace(r.Username)
	return r
}

const (
	minUsername = 3
	maxUsername = 100
	maxEmail    = 254
)

// Check returns what is clearly wrong with the names. Users has the last word;
// this is for requests that never get there because something else is missing,
// and still have to be answered with all that is wrong.
func (r Registration) Check() []errs.Field {
	r = r.trimmed()
	var fields []errs.Field
	refuse := func(pointer, code, detail string) {
		fields = append(fields, errs.Field{Pointer: pointer, Code: code, Detail: detail})
	}
	switch {
	case r.Email == "":
		refuse("/email", "required", "Must not be empty.")
	case len(r.Email) > maxEmail:
		refuse("/email", "too_long", "Must have at most 254 bytes.")
	case !plausible(r.Email):
		refuse("/email", "invalid", "Must be an email address.")
	}
	switch n := utf8.RuneCountInString(r.Username); {
	case n == 0:
		refuse("/username", "required", "Must not be empty.")
	case n < minUsername:
		refuse("/username", "too_short", "Must have at least 3 characters.")
	case n > maxUsername:
		refuse("/username", "too_long", "Must have at most 100 characters.")
	case strings.ContainsFunc(r.Username, unfit):
		refuse("/username", "invalid", "Must not contain @, blanks or control characters.")
	}
	return fields
}

func unfit(c rune) bool {
	return c == '@' || unicode.IsSpace(c) || unicode.IsControl(c) || c == utf8.RuneError
}

// plausible tells whether mail could be sent there. Whether it arrives, only
// sending one shows.
func plausible(email string) bool {
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || strings.ContainsFunc(email, unicode.IsSpace) {
		return false
	}
	_, domain, _ := strings.Cut(email, "@")
	return domain != "" && !strings.ContainsAny(domain, "@[]")
}
