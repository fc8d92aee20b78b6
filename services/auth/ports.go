package auth

import (
	"context"
	"time"
)

// What Credentials, Changes, Sessions, Endings, Keys, Vault and Letters keep is in
// a database: while that is away or too busy, all their methods fail with
// [errs.ErrUnavailable], and what was to be written may have been written all the
// same.

// Credentials keeps the password hashes.
type Credentials interface {
	// Add stores a credential that no account confirms yet.
	Add(ctx context.Context, c Credential) error
	// Adopt stores credentials whose accounts are known, but for those of accounts
	// that have one, all or none of them, and tells which it stored. A rehearsal
	// stores none and answers as if it did.
	Adopt(ctx context.Context, cs []Credential, rehearse bool) (added []bool, err error)
	// Credential fails with ErrCredentialNotFound.
	Credential(ctx context.Context, id AccountID) (Credential, error)
	// Confirm notes that the account exists. It does nothing if that is known,
	// or if there is no such credential.
	Confirm(ctx context.Context, id AccountID) error
	// Rehash puts another hash of the same password into the place of old, and
	// does nothing if old is no longer there.
	Rehash(ctx context.Context, id AccountID, old, hash string) error
	// Remove removes a credential and all that hangs on it: pending changes,
	// sessions, and the addresses in the audit of how they ended. It does nothing
	// if there is none.
	Remove(ctx context.Context, id AccountID) error
	// Unconfirmed lists credentials added before a time and not confirmed,
	// oldest first.
	Unconfirmed(ctx context.Context, before time.Time, limit int) ([]AccountID, error)
}

// Changes keeps new passwords that are not in use yet.
type Changes interface {
	// Stage stores a change, and does nothing if that id is there already. It
	// fails with ErrCredentialNotFound if the account has none.
	Stage(ctx context.Context, c Change) error
	// Change fails with ErrChangeNotFound.
	Change(ctx context.Context, id ChangeID) (Change, error)
	// Activate puts a staged change into use in one step: the credential gets
	// the hash, the next revision and the change as its last; all sessions of
	// the account but the one to keep are revoked for RevokedPassword; its
	// letters for PurposeReset and the change are gone. It fails with ErrCredentialChanged, and does nothing, if
	// the credential is no longer of the revision.
	Activate(ctx context.Context, c Change, revision int64, now time.Time) error
	// Staged lists changes staged before a time, oldest first.
	Staged(ctx context.Context, before time.Time, limit int) ([]Change, error)
	// Discard removes a change. It does nothing if there is none.
	Discard(ctx context.Context, id ChangeID) error
}

// Sessions keeps who is signed in.
//
// Whatever ends sessions - Update, EndAll, Changes.Activate, Credentials.Remove -
// does it in a commit of the log, of KindEnded and with their ids, and leaves an
// [Ending] for each in the audit. Nothing else takes a number of the log, so that
// signing in and refreshing do not wait for each other.
type Sessions interface {
	// Add stores a new session. It fails with ErrCredentialChanged if the
	// account's credential is gone or no longer of the revision, so that a
	// sign-in with the old password cannot slip past a change.
	Add(ctx context.Context, s Session, revision int64) error
	// Session fails with ErrSessionNotFound.
	Session(ctx context.Context, id SessionID) (Session, error)
	// Update applies change to a session in one transaction, one at a time. It
	// fails with ErrSessionNotFound, or as change does; then nothing changed.
	// It may call change more than once. Who asks for it is noted if it ends the
	// session. What has ended stays so.
	Update(ctx context.Context, id SessionID, from Origin, change func(*Session) error) error
	// EndAll revokes all sessions of an account that are not yet.
	EndAll(ctx context.Context, account AccountID, why string, from Origin, now time.Time) error
	// Live lists the sessions of an account that are not revoked, expire after a
	// time and were refreshed after another, the newest sign-in first.
	Live(ctx context.Context, account AccountID, expireAfter, refreshedAfter time.Time, limit int) ([]Session, error)
	// Prune removes sessions that expired before a time, and those not refreshed
	// since another.
	Prune(ctx context.Context, expired, idle time.Time) error
}

// Endings tells how sessions ended.
type Endings interface {
	// Ended returns all sessions that were revoked within a time from now, also
	// those that have been removed since. Position and sessions are of the same
	// moment.
	Ended(ctx context.Context, within time.Duration) (Ended, error)
	// Audit lists how sessions of an account ended, the last first.
	Audit(ctx context.Context, account AccountID, limit int) ([]Ending, error)
	// Forget removes from the audit what is older than a time.
	Forget(ctx context.Context, before time.Time) error
}

// Ended are sessions whose tokens are void.
type Ended struct {
	Epoch, Seq int64 // position in the log that the sessions are of
	Sessions   []SessionID
}

// Ending is a row of the audit: how a session ended.
type Ending struct {
	Session   SessionID
	Account   AccountID
	Reason    string
	Address   string // that asked for it; empty if nobody did, or from within
	RequestID string
	At        time.Time
}

// Keys keeps the signing keys.
type Keys interface {
	// Add fails with ErrKeyTaken if the number is in use, so that of several
	// replicas that make a key at once one wins.
	Add(ctx context.Context, k Key) error
	// Keys lists all keys by number.
	Keys(ctx context.Context) ([]Key, error)
	// Reseal puts sealed into the place of old, and does nothing if the key of
	// that number has something else by now, or is gone.
	Reseal(ctx context.Context, number int, old, sealed []byte) error
	// Remove removes the key of a number. It does nothing if there is none.
	Remove(ctx context.Context, number int) error
}

// Vault keeps the one secret that the others come from, sealed.
type Vault interface {
	// Keep stores sealed, unless there is something already, and returns what is
	// there then.
	Keep(ctx context.Context, sealed []byte) (kept []byte, err error)
	// Replace puts sealed into the place of old, and does nothing if there is
	// something else by now.
	Replace(ctx context.Context, old, sealed []byte) error
}

// Throttle makes those wait who try again and again what keeps failing. It never
// fails: without anywhere to remember, it remembers by itself.
type Throttle interface {
	// Admit returns how long whoever has these marks must wait before the next
	// try, or zero if it may be made now. Where failures have a delay already,
	// the try takes up the next one: of several at once one is admitted.
	Admit(ctx context.Context, marks ...Mark) (wait time.Duration)
	// Failed counts a failure for each mark.
	Failed(ctx context.Context, marks ...Mark)
	// Forget forgets the failures of a mark.
	Forget(ctx context.Context, mark Mark)
}

// Accounts asks the users service.
type Accounts interface {
	// Available fails with ErrEmailTaken or ErrUsernameTaken, or with a
	// validation error that names every field that is wrong.
	Available(ctx context.Context, email, username string) error
	// Create makes an account, verified if a says so, or returns it if it is
	// there with the same values. It fails as Available does.
	Create(ctx context.Context, a Account) (Account, error)
	// LookupEmail finds an account that is not deleted by its email, in any
	// letter case. It fails with ErrAccountNotFound.
	LookupEmail(ctx context.Context, email string) (Account, error)
	// ChangePassword commits a change of password that an account asks for, or an
	// operator if by is empty, and returns the account as it is then. It fails with ErrAccountNotFound, also for deleted ones, and
	// with ErrCredentialChanged if the last change was neither previous nor
	// this very one.
	ChangePassword(ctx context.Context, by, id AccountID, change, previous ChangeID) (Account, error)
	// VerifyEmail notes that mail to email arrives. It fails with
	// ErrAccountNotFound, also for deleted ones, and with ErrEmailChanged if
	// the account has another email, letter for letter.
	VerifyEmail(ctx context.Context, id AccountID, email string) error
	// Lookup finds an account that is not deleted by its name, in any letter
	// case. It fails with ErrAccountNotFound.
	Lookup(ctx context.Context, username string) (Account, error)
	// Account also returns deleted ones. It fails with ErrAccountNotFound.
	Account(ctx context.Context, id AccountID) (Account, error)
	// ActiveAdmins tells how many accounts can administrate.
	ActiveAdmins(ctx context.Context) (int, error)
}

// Hasher turns passwords into hashes. Both methods take long on purpose, and
// fail with ErrOverloaded when too many wait for them already.
type Hasher interface {
	Hash(ctx context.Context, password string) (string, error)
	// Verify compares a password with a hash. If they match, and the hash is
	// not as Hash would make it today, better is one that is. An empty hash
	// matches nothing and takes as long as any other.
	Verify(ctx context.Context, password, hash string) (match bool, better string, err error)
}

// Signer makes access tokens.
type Signer interface {
	Sign(c Claims) (string, error)
}

// Letters keeps the letters that are to be sent, and those that were until their
// tokens end.
type Letters interface {
	// Add stores a letter that has no token yet. It fails with
	// ErrCredentialNotFound if it is for an account that has none, and with
	// ErrLettersFull if most letters or more wait to be sent already.
	Add(ctx context.Context, l Letter, most int) error
	// Claim takes up to limit letters that are due, those first that are so
	// longest, and puts each off until again: nobody else takes it meanwhile,
	// and what is not sent by then is due once more.
	Claim(ctx context.Context, now, again time.Time, limit int) ([]Letter, error)
	// Issue notes whom a letter is sent to, its token and when that ends; it may
	// be repeated. It fails with ErrLetterNotFound, with ErrCredentialNotFound,
	// and with ErrTooManyLetters if most other letters of the purpose that were
	// added since a time have been issued for the account.
	Issue(ctx context.Context, l Letter, since time.Time, most int) error
	// Sent notes that a letter is not to be sent any more. It does nothing if
	// there is none.
	Sent(ctx context.Context, id LetterID) error
	// Drop removes a letter. It does nothing if there is none.
	Drop(ctx context.Context, id LetterID) error
	// Letter finds a letter by the hash of its token. It fails with
	// ErrLetterNotFound.
	Letter(ctx context.Context, p Purpose, token []byte) (Letter, error)
	// Waiting tells how many letters are to be sent, and when the oldest of
	// them was added: zero if there is none.
	Waiting(ctx context.Context) (n int, oldest time.Time, err error)
	// Prune removes letters that ended before a time.
	Prune(ctx context.Context, before time.Time) error
}

// Mail is what goes to one person.
type Mail struct {
	ID      string // the same when it is sent again
	To      string // an address
	Subject string
	Text    string // lines end in \n
}

// Mailer hands mails over to whoever delivers them.
type Mailer interface {
	// Send returns when the mail has been taken over. It fails with
	// ErrMailRefused if it never will be, an address that is none included;
	// after any other failure it can be tried again. It takes what is left of
	// ctx at most.
	Send(ctx context.Context, m Mail) error
}
