package users

import (
	"slices"
	"time"
)

// Caller says who asks for a change, and by which request.
type Caller struct {
	ID         AccountID // empty for an operator
	Operator   bool      // it is who runs the system, and no account
	Session    string    // the session that the request belongs to
	SignedInAt time.Time // when its password was last given
	RequestID  string

	// Expects are the versions that the account may have for the change to be
	// made.
	Expects Versions
}

// Versions are those of which an account must have one. If they are nil, any
// will do.
type Versions []int64

func (v Versions) check(a Account) error {
	if v == nil || slices.Contains(v, a.Version()) {
		return nil
	}
	return ErrVersionConflict
}

// Action says what a change does, for the records.
type Action string

// The actions.
const (
	ActionCreate         Action = "create" // before it there was nothing
	ActionEdit           Action = "edit"
	ActionChangePassword Action = "change_password"
	ActionVerifyEmail    Action = "verify_email"
	ActionAssignRole     Action = "assign_role"
	ActionDeactivate     Action = "deactivate"
	ActionActivate       Action = "activate"
	ActionDelete         Action = "delete"
	ActionRestore        Action = "restore"
	ActionErase          Action = "erase"
)

// Change is a change of one account, as a [Store] makes it.
type Change struct {
	Action Action
	By     Caller
	At     time.Time
	Apply  func(*Account) error // may be called more than once
}

// Administrative reports whether the change of the account id goes into the
// audit trail: all but what people do to their own account as anybody may.
func (c Change) Administrative(id AccountID) bool {
	switch c.Action {
	case ActionEdit, ActionChangePassword, ActionVerifyEmail:
		return c.By.ID != id
	}
	return true
}

// Erases reports whether the change takes away what tells whose account it was.
func (c Change) Erases() bool { return c.Action == ActionErase }

// Run returns what becomes of before. Stores call it inside the transaction that
// has the number seq, with a count of the other active admins that this very
// transaction sees. It fails with [ErrUnchanged] if nothing is to be stored.
func (c Change) Run(before Account, seq int64, otherAdmins func() (int, error)) (Account, error) {
	if before.Erased() && c.Erases() {
		return before, ErrUnchanged
	}
	if !c.reaches(before) {
		return Account{}, ErrAccountNotFound
	}
	if err := c.By.Expects.check(before); err != nil {
		return Account{}, err
	}
	after := before
	if err := c.Apply(&after); err != nil {
		return Account{}, err
	}
	if after == before {
		return before, ErrUnchanged
	}
	if before.ActiveAdmin() && !after.ActiveAdmin() {
		others, err := otherAdmins()
		if err != nil {
			return Account{}, err
		}
		if others == 0 {
			return Account{}, ErrLastAdmin
		}
	}
	after.UpdatedAt = c.At
	if !c.At.After(before.UpdatedAt) { // a clock that stepped back must not hide the change
		after.UpdatedAt = before.UpdatedAt.Add(time.Microsecond)
	}
	if after.rights() != before.rights() {
		after.AuthzVersion = seq
	}
	if !before.Usable() && after.Usable() {
		after.ReinstatedVersion = seq
	}
	return after, nil
}

// reaches reports whether the account is there for the change.
func (c Change) reaches(a Account) bool {
	if c.Action == ActionRestore || c.Action == ActionErase {
		return !a.Erased()
	}
	return !a.Deleted()
}

// Kind says to followers of the commit log what a commit was about.
type Kind string

// The kinds of commits.
const (
	KindAuthz   Kind = "authz"   // what an account may do has changed
	KindAccount Kind = "account" // anything else about an account
)

// KindOf returns the kind of the commit that turned before into after.
func KindOf(before, after Account) Kind {
	if before.rights() != after.rights() {
		return KindAuthz
	}
	return KindAccount
}
