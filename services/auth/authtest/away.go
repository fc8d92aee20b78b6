package authtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

// TestAway checks that everything fails as it must with stores whose database
// is away.
func TestAway(t *testing.T, s Stores) {
	t.Helper()

	ctx, account, session, change := t.Context(), auth.AccountID(ID()), auth.SessionID(ID()), auth.ChangeID(ID())
	_, credential := s.Credentials.Credential(ctx, account)
	_, unconfirmed := s.Credentials.Unconfirmed(ctx, now(), 1)
	_, staged := s.Changes.Change(ctx, change)
	_, all := s.Changes.Staged(ctx, now(), 1)
	_, found := s.Sessions.Session(ctx, session)
	_, live := s.Sessions.Live(ctx, account, now(), now(), 1)
	_, ended := s.Endings.Ended(ctx, time.Minute)
	_, audit := s.Endings.Audit(ctx, account, 1)
	_, keys := s.Keys.Keys(ctx)
	_, kept := s.Vault.Keep(ctx, []byte("sealed"))
	_, claim := s.Letters.Claim(ctx, now(), now(), 1)
	_, letter := s.Letters.Letter(ctx, auth.PurposeReset, []byte{1})
	_, _, waiting := s.Letters.Waiting(ctx)
	for what, err := range map[string]error{
		"Credentials.Add":         s.Credentials.Add(ctx, auth.Credential{Account: account, CreatedAt: now()}),
		"Credentials.Credential":  credential,
		"Credentials.Confirm":     s.Credentials.Confirm(ctx, account),
		"Credentials.Rehash":      s.Credentials.Rehash(ctx, account, "old", "new"),
		"Credentials.Remove":      s.Credentials.Remove(ctx, account),
		"Credentials.Unconfirmed": unconfirmed,
		"Changes.Stage":           s.Changes.Stage(ctx, auth.Change{ID: change, Account: account, CreatedAt: now()}),
		"Changes.Change":          staged,
		"Changes.Activate":        s.Changes.Activate(ctx, auth.Change{ID: change, Account: account}, 0, now()),
		"Changes.Staged":          all,
		"Changes.Discard":         s.Changes.Discard(ctx, change),
		"Sessions.Add":            s.Sessions.Add(ctx, auth.Session{ID: session, Account: account}, 0),
		"Sessions.Session":        found,
		"Sessions.Update":         s.Sessions.Update(ctx, session, auth.Origin{}, func(*auth.Session) error { return nil }),
		"Sessions.EndAll":         s.Sessions.EndAll(ctx, account, "reason", auth.Origin{}, now()),
		"Sessions.Live":           live,
		"Endings.Ended":           ended,
		"Endings.Audit":           audit,
		"Endings.Forget":          s.Endings.Forget(ctx, now()),
		"Sessions.Prune":          s.Sessions.Prune(ctx, now(), now()),
		"Keys.Add":                s.Keys.Add(ctx, auth.Key{Number: 1, ID: ID()}),
		"Keys.Keys":               keys,
		"Keys.Reseal":             s.Keys.Reseal(ctx, 1, []byte("old"), []byte("new")),
		"Keys.Remove":             s.Keys.Remove(ctx, 1),
		"Vault.Keep":              kept,
		"Vault.Replace":           s.Vault.Replace(ctx, []byte("old"), []byte("new")),
		"Letters.Add":             s.Letters.Add(ctx, wish(""), 1),
		"Letters.Claim":           claim,
		"Letters.Issue":           s.Letters.Issue(ctx, auth.Letter{ID: auth.LetterID(ID()), Account: account}, now(), 1),
		"Letters.Sent":            s.Letters.Sent(ctx, auth.LetterID(ID())),
		"Letters.Drop":            s.Letters.Drop(ctx, auth.LetterID(ID())),
		"Letters.Letter":          letter,
		"Letters.Waiting":         waiting,
		"Letters.Prune":           s.Letters.Prune(ctx, now()),
	} {
		require.ErrorIs(t, err, errs.ErrUnavailable, what)
	}
}
