package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"stockroom/pkg/errs"
)

// LetterID identifies a letter; a lower-case UUID.
type LetterID string

// Letter is a mail with a token in it that is good for one thing, once. It
// begins as the wish for one, which is all that a request leaves behind; whom it
// is for, and whether it is sent at all, is found out afterwards. So a request
// takes as long, and answers the same, whether or not there is an account.
type Letter struct {
	ID        LetterID
	Purpose   Purpose
	Account   AccountID // empty until it is known whose email it is
	Email     string    // the one that was asked for, then the one it is sent to
	Token     []byte    // hash of the token; nil until it is sent for the first time
	CreatedAt time.Time
	DueAt     time.Time // when it is to be sent; zero when it has been
	ExpiresAt time.Time // when its token ends, or the wish if there is none yet
}

// Purpose is what the token in a letter is good for.
type Purpose string

// The purposes.
const (
	PurposeReset  Purpose = "reset"  // to set a new password without the old one
	PurposeVerify Purpose = "verify" // to show that mail arrives
)

// What bounds letters.
const (
	resetLifetime  = time.Hour
	verifyLifetime = 24 * time.Hour

	// giveUpAfter is how long it is tried to send a letter.
	giveUpAfter = 24 * time.Hour
	// Of each purpose, an account gets so many letters within a time.
	lettersWithin = time.Hour
	maxLetters    = 3
	// maxWaiting letters may wait to be sent: more are refused, so that nobody
	// fills the database by asking.
	maxWaiting = 10_000
)

// lifetime is how long a token is good from when it is sent.
func (p Purpose) lifetime() time.Duration {
	if p == PurposeReset {
		return resetLifetime
	}
	return verifyLifetime
}

// The failures of letters and their tokens.
var (
	ErrLetterNotFound = errs.New(errs.NotFound, "not_found", "Letter not found")
	ErrTooManyLetters = errs.New(errs.Throttled, "too_many_letters", "The account got many letters lately")
	ErrLettersFull    = errs.New(errs.Unavailable, "overloaded", "Too many mails wait to be sent")
	ErrNoMail         = errs.New(errs.Unavailable, "dependency_unavailable", "This installation sends no mail")

	// ErrMailRefused says that a mail will never be taken, however often it is
	// sent.
	ErrMailRefused = errs.New(errs.Invalid, "mail_refused", "The mail was refused")
)

// mailedToken is the token in a letter: 256 bits that nobody can tell without
// the key. It is the same however often the letter is sent, and all that is kept
// of it is a hash.
func (s Secrets) mailedToken(p Purpose, id LetterID) string {
	h := hmac.New(sha256.New, s.Mail)
	h.Write([]byte(string(p) + "." + string(id)))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func hashOf(token string) []byte {
	hash := sha256.Sum256([]byte(token))
	return hash[:]
}

// unusable is the one thing that is said about a token that is wrong, was used,
// is too old, or of which the account is no longer what it was.
func unusable() errs.Field {
	return errs.Field{Pointer: "/token", Code: "invalid", Detail: "Is not a token that can be used, or not any more."}
}
