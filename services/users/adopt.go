package users

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"stockroom/pkg/fold"
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

// Adopted says what became of a [Foreign]. If it was neither added nor refused,
// its account is here already and stays as it is.
type Adopted struct {
	Added   bool
	Refused string // why; empty if it was not
	Changed string // how it differs from what it was there; empty if it does not
}

// Adoption takes over the accounts of another system, with their IDs and times.
// What a new account may not be called is no reason to refuse an old one.
type Adoption struct {
	store    Store
	now      func() time.Time
	rehearse bool
	taken    map[string]bool // in a rehearsal: what earlier accounts would have by now
}

// NewAdoption returns an adoption into store. A rehearsal stores nothing, and
// answers as if it did.
func NewAdoption(store Store, now func() time.Time, rehearse bool) *Adoption {
	return &Adoption{store: store, now: now, rehearse: rehearse, taken: make(map[string]bool)}
}

// Adopt takes over accounts in one commit, and says what became of each. It may
// be repeated: an account whose ID is here already stays as it is.
func (a *Adoption) Adopt(ctx context.Context, rows []Foreign) ([]Adopted, error) {
	adopted := make([]Adopted, len(rows))
	var accounts []Account
	var places []int // of the accounts in rows
	for i, row := range rows {
		account, changed, err := row.account()
		if err == nil {
			err = a.claimed(account)
		}
		if err != nil {
			adopted[i].Refused = reason(err)
			continue
		}
		adopted[i].Changed = changed
		accounts, places = append(accounts, account), append(places, i)
	}
	if len(accounts) == 0 {
		return adopted, nil
	}
	results, err := a.store.Adopt(ctx, accounts, a.now().UTC().Truncate(time.Microsecond), a.rehearse)
	if err != nil {
		return nil, err
	}
	for i, err := range results {
		switch {
		case err == nil:
			adopted[places[i]].Added = true
			a.claim(accounts[i])
		case !errors.Is(err, ErrUnchanged):
			adopted[places[i]] = Adopted{Refused: reason(err)}
		}
	}
	return adopted, nil
}

// claimed fails if an earlier account of a rehearsal would have what this one
// wants: nothing was stored, so the store cannot know.
func (a *Adoption) claimed(account Account) error {
	email, username := claims(account)
	switch {
	case account.Deleted():
		return nil
	case a.taken[email]:
		return ErrEmailTaken
	case a.taken[username]:
		return ErrUsernameTaken
	}
	return nil
}

func (a *Adoption) claim(account Account) {
	if a.rehearse && !account.Deleted() {
		email, username := claims(account)
		a.taken[email], a.taken[username] = true, true
	}
}

func claims(a Account) (email, username string) {
	return "email " + fold.String(string(a.Email)), "username " + fold.String(string(a.Username))
}

// reason says why a row is refused, without its values.
func reason(err error) string {
	switch {
	case errors.Is(err, ErrEmailTaken):
		return "email: another account has it, in whatever letter case"
	case errors.Is(err, ErrUsernameTaken):
		return "username: another account has it, in whatever letter case"
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
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
