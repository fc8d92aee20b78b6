package users

import "time"

// AccountID identifies an account. It is a UUID in its canonical form, lower
// case with dashes.
type AccountID string

// Account is someone who can sign in.
type Account struct {
	ID       AccountID
	Email    Email
	Username Username
	Role     Role
	IsActive bool

	// EmailVerified says that somebody has shown that mail to this very Email
	// reaches them, or that an operator has vouched for it.
	EmailVerified bool

	// DeletedAt is zero while the account lives. A deleted account keeps its row,
	// and its email and username are free for others.
	DeletedAt time.Time

	// ErasedAt is zero unless the account was erased: then nothing in it tells any
	// more whose it was. An erased account is a deleted one for ever.
	ErasedAt time.Time

	// AuthzVersion is the number of the commit that last changed what the account
	// may do (see [Account.rights]) or that created it. Tokens that were made for
	// an earlier version are refused everywhere.
	AuthzVersion int64

	// ReinstatedVersion is the AuthzVersion by which the account was activated or
	// restored last, and zero if it never was. Who signed in before it, did so to
	// an account that has been locked since, and has to sign in again.
	ReinstatedVersion int64

	// PasswordChange names the last change of the password that was committed,
	// and is empty if there never was one. The password itself is not kept here.
	PasswordChange ChangeID

	CreatedAt time.Time
	UpdatedAt time.Time
}

// ChangeID identifies a change of a password. It is a UUID.
type ChangeID string

// Deleted reports whether the account is gone for everybody but the records.
func (a Account) Deleted() bool { return !a.DeletedAt.IsZero() }

// Erased reports whether nothing tells any more whose account it was.
func (a Account) Erased() bool { return !a.ErasedAt.IsZero() }

// Version grows with every change of the account: changes of one moment are
// told apart (see [Change.Run]).
func (a Account) Version() int64 { return a.UpdatedAt.UnixMicro() }

// Usable reports whether anybody can sign in to the account.
func (a Account) Usable() bool { return a.IsActive && !a.Deleted() }

// ActiveAdmin reports whether the account can administer the system now.
func (a Account) ActiveAdmin() bool {
	return a.Role == RoleAdmin && a.Usable()
}

// rights is what tokens are made from: while it stays the same, they stay good.
type rights struct {
	role     Role
	active   bool
	deleted  bool
	password ChangeID
}

func (a Account) rights() rights {
	return rights{a.Role, a.IsActive, a.Deleted(), a.PasswordChange}
}

// Repeat says what it means to create a when existing has its ID already:
// [ErrUnchanged] if that very account was created before, so that whoever lost
// the first answer may ask again, else [ErrAccountExists].
func (a Account) Repeat(existing Account) error {
	same := a.Email == existing.Email && a.Username == existing.Username && a.Role == existing.Role
	if same && !existing.Deleted() {
		return ErrUnchanged
	}
	return ErrAccountExists
}
