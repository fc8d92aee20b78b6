package authtest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func lettersOfAnAccountAreBounded(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	since := now().Add(-time.Hour)
	for range 2 {
		issue(t, s, wishFor(t, s, c.Account))
	}
	third, others := wishFor(t, s, c.Account), wishFor(t, s, other.Account)
	third.Token, others.Token = []byte("third "+ID()), []byte("others "+ID())

	require.ErrorIs(t, s.Letters.Issue(t.Context(), third, since, 2), auth.ErrTooManyLetters)
	requireNoLetter(t, s, third)

	require.NoError(t, s.Letters.Issue(t.Context(), others, since, 2))
	require.NoError(t, s.Letters.Issue(t.Context(), third, since, 3))
	require.NoError(t, s.Letters.Issue(t.Context(), third, since, 3), "it is the same letter")
}

func lettersOfOtherPurposesDoNotCount(t *testing.T, s Stores) {
	c := addCredential(t, s)
	verify := wish(c.Account)
	verify.Purpose = auth.PurposeVerify
	verify = issue(t, s, addLetter(t, s, verify))
	l := wishFor(t, s, c.Account)
	l.Token = []byte("token " + ID())

	require.NoError(t, s.Letters.Issue(t.Context(), l, now().Add(-time.Hour), 1))

	requireLetter(t, s, l)
	requireLetter(t, s, verify)
}

func oldLettersDoNotCount(t *testing.T, s Stores) {
	c := addCredential(t, s)
	old, l := wish(c.Account), wish(c.Account)
	old.CreatedAt = l.CreatedAt.Add(-time.Hour)
	issue(t, s, addLetter(t, s, old))
	l.Token = []byte("token " + ID())
	addLetter(t, s, l)

	require.ErrorIs(t, s.Letters.Issue(t.Context(), l, old.CreatedAt.Add(-time.Microsecond), 1), auth.ErrTooManyLetters)
	require.NoError(t, s.Letters.Issue(t.Context(), l, old.CreatedAt, 1))
}

func lettersAtOnceAreBounded(t *testing.T, s Stores) {
	const letters, most = 8, 3
	c := addCredential(t, s)
	failures := make([]error, letters)
	var wg sync.WaitGroup
	for i := range failures {
		l := wishFor(t, s, c.Account)
		l.Token = []byte("token " + ID())
		wg.Go(func() { failures[i] = s.Letters.Issue(t.Context(), l, l.CreatedAt.Add(-time.Hour), most) })
	}
	wg.Wait()

	issued := 0
	for _, err := range failures {
		if err == nil {
			issued++
			continue
		}
		require.ErrorIs(t, err, auth.ErrTooManyLetters)
	}
	require.Equal(t, most, issued)
}

func waitingLettersAreBounded(t *testing.T, s Stores) {
	first := addLetter(t, s, wish(""))
	require.NoError(t, s.Letters.Add(t.Context(), wish(""), 2))
	third := wish("")

	require.ErrorIs(t, s.Letters.Add(t.Context(), third, 2), auth.ErrLettersFull)

	require.NoError(t, s.Letters.Sent(t.Context(), first.ID))
	require.NoError(t, s.Letters.Add(t.Context(), third, 2), "what was sent does not wait")
}

func aWishForAnEmailNeedsNoCredentials(t *testing.T, s Stores) {
	l := addLetter(t, s, wish(""))

	got := claim(t, s, l.DueAt)

	require.Len(t, got, 1)
	require.Empty(t, got[0].Account)
	require.Equal(t, l.Email, got[0].Email)
	require.Nil(t, got[0].Token)
}

func lettersNeedACredential(t *testing.T, s Stores) {
	addCredential(t, s)
	require.ErrorIs(t, s.Letters.Add(t.Context(), wish(auth.AccountID(ID())), many), auth.ErrCredentialNotFound)

	l := addLetter(t, s, wish(""))
	l.Account, l.Token = auth.AccountID(ID()), []byte("token "+ID())
	require.ErrorIs(t, s.Letters.Issue(t.Context(), l, now(), many), auth.ErrCredentialNotFound)
	requireNoLetter(t, s, l)
}

func lettersGoWithTheCredential(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	l, kept := issue(t, s, wishFor(t, s, c.Account)), issue(t, s, wishFor(t, s, other.Account))

	require.NoError(t, s.Credentials.Remove(t.Context(), c.Account))

	requireNoLetter(t, s, l)
	requireLetter(t, s, kept)
	n, _, err := s.Letters.Waiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func activationTakesLettersForAReset(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	first, second := issue(t, s, wishFor(t, s, c.Account)), issue(t, s, wishFor(t, s, c.Account))
	verify := wish(c.Account)
	verify.Purpose = auth.PurposeVerify
	verify, others := issue(t, s, addLetter(t, s, verify)), issue(t, s, wishFor(t, s, other.Account))

	require.NoError(t, s.Changes.Activate(t.Context(), stage(t, s, c.Account, ""), 0, now()))

	requireNoLetter(t, s, first)
	requireNoLetter(t, s, second)
	requireLetter(t, s, verify)
	requireLetter(t, s, others)
}

func refusedActivationTakesNoLetters(t *testing.T, s Stores) {
	c := addCredential(t, s)
	l := issue(t, s, wishFor(t, s, c.Account))

	require.ErrorIs(t, s.Changes.Activate(t.Context(), stage(t, s, c.Account, ""), 1, now()), auth.ErrCredentialChanged)

	requireLetter(t, s, l)
}

func endedLettersArePruned(t *testing.T, s Stores) {
	c := addCredential(t, s)
	l, other := wish(c.Account), wish(c.Account)
	other.ExpiresAt = l.ExpiresAt.Add(time.Microsecond)
	l, other = issue(t, s, addLetter(t, s, l)), issue(t, s, addLetter(t, s, other))

	require.NoError(t, s.Letters.Prune(t.Context(), other.ExpiresAt))

	requireNoLetter(t, s, l)
	requireLetter(t, s, other)
}
