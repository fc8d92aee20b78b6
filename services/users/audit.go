package users

import (
	"context"
	"crypto/rand"
	"maps"
	"time"
)

// Values are fields of an account by the names that they have in the audit
// trail: texts and truths. Nil stands for a value that is kept elsewhere, or
// erased.
type Values map[string]any

// personal are the fields that tell whose account it is.
var personal = [...]string{"email", "username"}

// Record returns what the audit trail knows of an account. The password is not
// in it, only which change of it was the last.
func (a Account) Record() Values {
	return Values{
		"email":           string(a.Email),
		"username":        string(a.Username),
		"role":            string(a.Role),
		"email_verified":  a.EmailVerified,
		"is_active":       a.IsActive,
		"deleted":         a.Deleted(),
		"password_change": string(a.PasswordChange),
	}
}

// Origin says what kind of actor was at work.
type Origin string

// The origins.
const (
	OriginAccount  Origin = "account"
	OriginOperator Origin = "operator" // who runs the system, by a command
)

// Entry is one row of the audit trail: what was done to an account and by whom.
// Rows are never changed. What tells of a person is beside the row and can be
// erased; the row holds a commitment to it, so that the chain of hashes stays
// whole (see [Service.VerifyTrail]).
type Entry struct {
	Seq       int64 // of the commit
	At        time.Time
	Account   AccountID
	Actor     AccountID // empty unless it was an account
	ActorName Username  // the actor's present one; no part of the trail
	Origin    Origin
	Action    Action
	RequestID string

	// Before and After hold what changed. Personal values are nil here, and
	// beside the row in Personal, which is nil if there are none (any more).
	Before, After Values
	Personal      *PersonalValues

	Digest []byte // commits to Personal; nil if there never was any
	Hash   []byte // of the row and the hash of the one before; nil in rows older than the chain
}

// PersonalValues are the values of a row that can be erased. Without the salt
// nobody can find out by trying what a digest commits to.
type PersonalValues struct {
	Salt          []byte
	Before, After Values
}

// Entry returns the row about the change of before into after by the commit seq.
// previous is the hash of the last row, nil if there is none.
func (c Change) Entry(seq int64, before, after Account, previous []byte) Entry {
	e := Entry{
		Seq: seq, At: c.At, Account: after.ID, Actor: c.By.ID, Origin: OriginAccount, Action: c.Action, RequestID: c.By.RequestID,
	}
	if c.By.Operator {
		e.Origin = OriginOperator
	}
	e.Before, e.After = differences(before.Record(), after.Record())
	if p, some := e.separate(); some {
		e.Digest = p.digest()
		e.Personal = &p
	}
	if c.Erases() {
		e.Personal = nil // what is being erased is not written down once more
	}
	e.Hash = e.hash(previous)
	return e
}

// differences returns the fields in which before and after differ.
func differences(before, after Values) (was, is Values) {
	was, is = Values{}, Values{}
	for name, value := range after {
		if before[name] != value {
			was[name], is[name] = before[name], value
		}
	}
	return was, is
}

// separate moves the personal values out of e, and reports whether there are any.
func (e *Entry) separate() (p PersonalValues, some bool) {
	p = PersonalValues{Salt: make([]byte, saltSize), Before: Values{}, After: Values{}}
	_, _ = rand.Read(p.Salt) // cannot fail
	for _, name := range personal {
		if _, ok := e.After[name]; ok {
			p.Before[name], p.After[name] = e.Before[name], e.After[name]
			e.Before[name], e.After[name] = nil, nil
			some = true
		}
	}
	return p, some
}

// Differences returns what changed, personal values included. Those that were
// erased are nil.
func (e Entry) Differences() (before, after Values) {
	before, after = maps.Clone(e.Before), maps.Clone(e.After)
	if e.Personal != nil {
		maps.Copy(before, e.Personal.Before)
		maps.Copy(after, e.Personal.After)
	}
	for name, value := range after {
		if value != nil && before[name] == value { // rows older than the chain hold all values
			delete(before, name)
			delete(after, name)
		}
	}
	return before, after
}

// AuditQuery asks for a page of what was done to an account.
type AuditQuery struct {
	Account AccountID
	Page    int // from 1
	Size    int
}

// Offset returns how many rows come before the page.
func (q AuditQuery) Offset() int64 { return offset(q.Page, q.Size) }

// AuditPage is a part of what was done to an account, the newest first.
type AuditPage struct {
	Items []Entry
	Total int
}

// Audit returns one page of what was done to an account, which may be deleted or
// erased.
func (s *Service) Audit(ctx context.Context, q AuditQuery) (AuditPage, error) {
	if _, err := s.store.Account(ctx, q.Account); err != nil {
		return AuditPage{}, err
	}
	return s.store.Audit(ctx, q)
}
