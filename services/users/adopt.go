package users

import (
	"context"
	"errors"
	"strings"

	"stockroom/pkg/fold"
)

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
	rehearse bool
	taken    map[string]bool // in a rehearsal: what earlier accounts would have by now
}

// NewAdoption returns an adoption into store. A rehearsal stores nothing, and
// answers as if it did.
func NewAdoption(store Store, rehearse bool) *Adoption {
	return &Adoption{store: store, rehearse: rehearse, taken: make(map[string]bool)}
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
	results, err := a.store.Adopt(ctx, accounts, a.rehearse)
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
