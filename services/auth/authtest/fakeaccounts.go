package authtest

import (
	"context"
	"strings"
	"sync"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

// Accounts is a users service in memory.
type Accounts struct {
	mu   sync.Mutex
	seq  int64
	byID map[auth.AccountID]auth.Account
}

var _ auth.Accounts = (*Accounts)(nil)

// NewAccounts returns a users service without accounts.
func NewAccounts() *Accounts {
	return &Accounts{byID: make(map[auth.AccountID]auth.Account)}
}

// Available implements [auth.Accounts].
func (f *Accounts) Available(_ context.Context, email, username string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.available(email, username)
}

func (f *Accounts) available(email, username string) error {
	if err := errs.Validation(auth.Registration{Email: email, Username: username}.Check()...); err != nil {
		return err
	}
	var emailTaken, usernameTaken bool
	for _, a := range f.byID {
		emailTaken = emailTaken || !a.Deleted && strings.EqualFold(a.Email, email)
		usernameTaken = usernameTaken || !a.Deleted && strings.EqualFold(a.Username, username)
	}
	username, email = "/username", "/email"
	switch {
	case emailTaken && usernameTaken:
		return auth.ErrEmailTaken.At(taken(email), taken(username))
	case emailTaken:
		return auth.ErrEmailTaken.At(taken(email))
	case usernameTaken:
		return auth.ErrUsernameTaken.At(taken(username))
	}
	return nil
}

func taken(pointer string) errs.Field {
	return errs.Field{Pointer: pointer, Code: "taken", Detail: "Is already in use."}
}

// Create implements [auth.Accounts].
func (f *Accounts) Create(_ context.Context, a auth.Account) (auth.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if there, ok := f.byID[a.ID]; ok && there.Email == a.Email && there.Username == a.Username {
		return there, nil
	}
	if err := f.available(a.Email, a.Username); err != nil {
		return auth.Account{}, err
	}
	f.seq++
	a.Active, a.AuthzVersion, a.CreatedAt, a.UpdatedAt = true, f.seq, now(), now()
	f.byID[a.ID] = a
	return a, nil
}

// Lookup implements [auth.Accounts].
func (f *Accounts) Lookup(_ context.Context, username string) (auth.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.byID {
		if !a.Deleted && strings.EqualFold(a.Username, username) {
			return a, nil
		}
	}
	return auth.Account{}, auth.ErrAccountNotFound
}

// LookupEmail implements [auth.Accounts].
func (f *Accounts) LookupEmail(_ context.Context, email string) (auth.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.byID {
		if !a.Deleted && strings.EqualFold(a.Email, email) {
			return a, nil
		}
	}
	return auth.Account{}, auth.ErrAccountNotFound
}

// ChangePassword implements [auth.Accounts].
func (f *Accounts) ChangePassword(_ context.Context, _, id auth.AccountID, change, previous auth.ChangeID) (auth.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.byID[id]
	switch {
	case !ok || a.Deleted:
		return auth.Account{}, auth.ErrAccountNotFound
	case a.PasswordChange == change:
		return a, nil
	case a.PasswordChange != previous:
		return auth.Account{}, auth.ErrCredentialChanged
	}
	f.seq++
	a.PasswordChange, a.AuthzVersion = change, f.seq
	f.byID[id] = a
	return a, nil
}

// VerifyEmail implements [auth.Accounts].
func (f *Accounts) VerifyEmail(_ context.Context, id auth.AccountID, email string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.byID[id]
	switch {
	case !ok || a.Deleted:
		return auth.ErrAccountNotFound
	case a.Email != email:
		return auth.ErrEmailChanged
	}
	a.EmailVerified = true
	f.byID[id] = a
	return nil
}

// Account implements [auth.Accounts].
func (f *Accounts) Account(_ context.Context, id auth.AccountID) (auth.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.byID[id]
	if !ok {
		return auth.Account{}, auth.ErrAccountNotFound
	}
	return a, nil
}

// Known implements [auth.Known].
func (f *Accounts) Known(_ context.Context, ids []auth.AccountID) (known []auth.AccountID, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		if _, ok := f.byID[id]; ok {
			known = append(known, id)
		}
	}
	return known, nil
}

// ActiveAdmins implements [auth.Accounts].
func (f *Accounts) ActiveAdmins(context.Context) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, a := range f.byID {
		if a.Role == auth.RoleAdmin && a.Active && !a.Deleted {
			n++
		}
	}
	return n, nil
}

// Change changes an account's rights, as users does on its own.
func (f *Accounts) Change(id auth.AccountID, change func(*auth.Account)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq++
	a := f.byID[id]
	usable := a.Active && !a.Deleted
	change(&a)
	a.AuthzVersion = f.seq
	if !usable && a.Active && !a.Deleted {
		a.ReinstatedVersion = f.seq
	}
	f.byID[id] = a
}
