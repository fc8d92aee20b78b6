package users

import (
	"context"
	"time"
)

// Store keeps accounts. Every implementation passes userstest.TestStore.
//
// Everything fails with [errs.ErrUnavailable] while the database is away or too
// busy; a write may have been made all the same.
//
// Every commit takes the next number of the commit log and leaves one row there
// with the ID of the account. Emails and usernames are compared whatever their
// letter case, as package fold does, and those of deleted accounts are free.
type Store interface {
	// Create adds a, with the number of the commit as its AuthzVersion, and
	// reports true. If the same account was created before (see
	// [Account.Repeat]) it returns that one and false, and commits nothing. It
	// fails with ErrAccountExists if the ID is in use otherwise, and with
	// ErrEmailTaken or ErrUsernameTaken if another account that is not deleted
	// has the email or the username. What an operator creates leaves a row in
	// the audit trail.
	Create(ctx context.Context, a Account, by Caller) (Account, bool, error)

	// Adopt adds accounts that come from elsewhere, deleted ones too, in one
	// commit whose number is their AuthzVersion. Of each it tells what became of
	// it: nil if it was added, ErrUnchanged if an account has its ID, else ErrEmailTaken or ErrUsernameTaken; of several that
	// want the same the first gets it. If none is added, nothing is committed. A
	// rehearsal commits nothing and answers as if it did.
	Adopt(ctx context.Context, as []Account, rehearse bool) ([]error, error)

	// Update makes a change to the account id in one transaction and returns the
	// result. If the change fails, nothing is stored and its error is returned;
	// if it changes nothing, nothing is committed. A missing or deleted account
	// is ErrAccountNotFound, except that deleted ones can be restored and erased;
	// taken values fail as in Create. It fails with ErrVersionConflict if the
	// account has none of the versions that the caller expects, and with
	// ErrLastAdmin if no active admin would be left, also when several changes
	// that take one away each are made at once. A change of rights is logged
	// with KindAuthz, any other with KindAccount, and an administrative change
	// leaves a row in the audit trail. A change that erases takes away the
	// personal values of all rows about the account, and makes it a pending
	// erasure.
	Update(ctx context.Context, id AccountID, c Change) (Account, error)

	// Account returns the account id, even if it is deleted, or
	// ErrAccountNotFound.
	Account(ctx context.Context, id AccountID) (Account, error)

	// Known returns which of ids are those of accounts, deleted ones included, in
	// no order.
	Known(ctx context.Context, ids []AccountID) ([]AccountID, error)

	// AccountByUsername returns the account of that name, in any letter case,
	// or ErrAccountNotFound. Deleted accounts are not found.
	AccountByUsername(ctx context.Context, name string) (Account, error)

	// AccountByEmail returns the account that has the email, in any letter case,
	// or ErrAccountNotFound. Deleted accounts are not found.
	AccountByEmail(ctx context.Context, email string) (Account, error)

	// Accounts returns one page of the accounts that pass the filter, in its
	// order, with the total of the same moment. A page past the end is empty.
	Accounts(ctx context.Context, f Filter) (Page, error)

	// Taken tells which of the two values belong to accounts other than except
	// that are not deleted.
	Taken(ctx context.Context, email Email, username Username, except AccountID) (Taken, error)

	// Audit returns one page of the rows of the audit trail about an account, the
	// newest first, with the total of the same moment and the present names of
	// the actors.
	Audit(ctx context.Context, q AuditQuery) (AuditPage, error)

	// Trail returns rows of the audit trail after the commit after, oldest first:
	// at most limit, and none only if there are none.
	Trail(ctx context.Context, after int64, limit int) ([]Entry, error)

	// PendingErasures lists accounts that were erased and not yet reported to
	// FinishErasure.
	PendingErasures(ctx context.Context, limit int) ([]AccountID, error)

	// FinishErasure notes that nothing of an erased account is left anywhere
	// else. It does nothing if that is known.
	FinishErasure(ctx context.Context, id AccountID) error
}

// Taken says which values are in use.
type Taken struct {
	Email, Username bool
}

// Rights answers what others must know of all accounts at once. It is kept by
// the same implementations as [Store].
type Rights interface {
	// ActiveAdmins counts the active admins that are not deleted.
	ActiveAdmins(ctx context.Context) (int, error)

	// Revocations returns the accounts that were changed since the given time
	// and after they were created, deleted ones included: at least all those
	// whose rights were. Position and items are of the same moment.
	Revocations(ctx context.Context, since time.Time) (Revocations, error)
}

// Revocations are the oldest versions of accounts that tokens may still be of.
type Revocations struct {
	Epoch, Seq int64 // position in the commit log that the items are of
	Items      []Revocation
}

// Revocation says that tokens made for an account before a version are void.
type Revocation struct {
	ID           AccountID
	AuthzVersion int64
}

// Passwords changes passwords, in two steps around the commit that orders the
// change: the secret is never here, and the hashing never inside a transaction.
type Passwords interface {
	// Prepare checks the password and keeps it pending. If the current one is
	// given and wrong, it fails with ErrReauthentication, and with ErrThrottled
	// after that was so too often; a password that breaks the rules is a
	// validation failure. It fails with ErrAuthUnavailable if the
	// change cannot be made now.
	Prepare(ctx context.Context, p NewPassword) error

	// Activate makes the pending password the valid one and ends all sessions of
	// the account but keepSession. It may be repeated.
	Activate(ctx context.Context, id AccountID, change ChangeID, keepSession string) error

	// Remove forgets the password of an account and ends its sessions. It may be
	// repeated, and fails with ErrAuthUnavailable if that cannot be done now.
	Remove(ctx context.Context, id AccountID) error
}

// NewPassword is a password that shall become the one of an account.
type NewPassword struct {
	Account     AccountID
	Change      ChangeID
	Password    string
	Current     string // to be checked, if not empty
	KeepSession string // the session that goes on, if not empty
}
