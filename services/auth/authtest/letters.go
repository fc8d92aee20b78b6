package authtest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func letterCases() map[string]func(*testing.T, Stores) {
	return map[string]func(*testing.T, Stores){
		"DueLettersAreClaimedOnce":          dueLettersAreClaimedOnce,
		"LettersAreNotClaimedTwiceAtATime":  lettersAreNotClaimedTwiceAtATime,
		"IssuedLetterIsFoundByItsToken":     issuedLetterIsFoundByItsToken,
		"SentLetterIsNotDue":                sentLetterIsNotDue,
		"DroppedLetterIsGone":               droppedLetterIsGone,
		"LettersOfAnAccountAreBounded":      lettersOfAnAccountAreBounded,
		"LettersAtOnceAreBounded":           lettersAtOnceAreBounded,
		"WaitingLettersAreBounded":          waitingLettersAreBounded,
		"LettersNeedACredential":            lettersNeedACredential,
		"LettersGoWithTheCredential":        lettersGoWithTheCredential,
		"ActivationTakesLettersForAReset":   activationTakesLettersForAReset,
		"EndedLettersArePruned":             endedLettersArePruned,
		"NoLetterWaitsWhereThereIsNone":     noLetterWaitsWhereThereIsNone,
		"MissingLettersAreLeftInPeace":      missingLettersAreLeftInPeace,
		"LettersAreClaimedInTheirDueOrder":  lettersAreClaimedInTheirDueOrder,
		"RefusedActivationTakesNoLetters":   refusedActivationTakesNoLetters,
		"WhatIsClaimedKnowsWhatWasIssued":   whatIsClaimedKnowsWhatWasIssued,
		"LettersOfOtherPurposesDoNotCount":  lettersOfOtherPurposesDoNotCount,
		"OldLettersDoNotCount":              oldLettersDoNotCount,
		"AWishForAnEmailNeedsNoCredentials": aWishForAnEmailNeedsNoCredentials,
	}
}

// many is more letters than a case makes.
const many = 1000

// wish is a letter that is due now. Without an account it is for an email.
func wish(account auth.AccountID) auth.Letter {
	at := now()
	return auth.Letter{
		ID: auth.LetterID(ID()), Purpose: auth.PurposeReset, Account: account, Email: "Ada@Example.com",
		CreatedAt: at, DueAt: at, ExpiresAt: at.Add(time.Hour),
	}
}

func addLetter(t *testing.T, s Stores, l auth.Letter) auth.Letter {
	t.Helper()
	require.NoError(t, s.Letters.Add(t.Context(), l, many))
	return l
}

// issue gives a letter a token.
func issue(t *testing.T, s Stores, l auth.Letter) auth.Letter {
	t.Helper()
	l.Token = []byte("hash " + ID())
	require.NoError(t, s.Letters.Issue(t.Context(), l, l.CreatedAt.Add(-time.Hour), many))
	return l
}

func claim(t *testing.T, s Stores, at time.Time) []auth.Letter {
	t.Helper()
	list, err := s.Letters.Claim(t.Context(), at, at.Add(time.Minute), 10)
	require.NoError(t, err)
	return list
}

func requireLetter(t *testing.T, s Stores, want auth.Letter) {
	t.Helper()
	got, err := s.Letters.Letter(t.Context(), want.Purpose, want.Token)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func requireNoLetter(t *testing.T, s Stores, l auth.Letter) {
	t.Helper()
	_, err := s.Letters.Letter(t.Context(), l.Purpose, l.Token)
	require.ErrorIs(t, err, auth.ErrLetterNotFound)
}

func dueLettersAreClaimedOnce(t *testing.T, s Stores) {
	l := addLetter(t, s, wish(addCredential(t, s).Account))
	later := wish("")
	later.DueAt = l.DueAt.Add(2 * time.Minute)
	addLetter(t, s, later)
	require.Empty(t, claim(t, s, l.DueAt.Add(-time.Microsecond)))

	want := l
	want.DueAt = l.DueAt.Add(time.Minute)
	require.Equal(t, []auth.Letter{want}, claim(t, s, l.DueAt))

	require.Empty(t, claim(t, s, want.DueAt.Add(-time.Microsecond)), "somebody has it")
	require.Len(t, claim(t, s, want.DueAt), 1, "nobody has sent it")
}

func lettersAreClaimedInTheirDueOrder(t *testing.T, s Stores) {
	at := now()
	var want []auth.LetterID
	for age := range 4 {
		l := wish("")
		l.DueAt = at.Add(-time.Duration(4-age) * time.Second)
		want = append(want, addLetter(t, s, l).ID)
	}

	for i := 0; i < len(want); i += 2 {
		list, err := s.Letters.Claim(t.Context(), at, at.Add(time.Minute), 2)
		require.NoError(t, err)
		require.ElementsMatch(t, want[i:i+2], []auth.LetterID{list[0].ID, list[1].ID})
	}
	require.Empty(t, claim(t, s, at))
}

func lettersAreNotClaimedTwiceAtATime(t *testing.T, s Stores) {
	const letters, claimers = 40, 8
	for range letters {
		addLetter(t, s, wish(""))
	}
	at := now()
	seen := make([][]auth.Letter, claimers)
	failures := make([]error, claimers)
	var wg sync.WaitGroup
	for i := range claimers {
		wg.Go(func() {
			for range letters {
				list, err := s.Letters.Claim(t.Context(), at, at.Add(time.Minute), 3)
				seen[i], failures[i] = append(seen[i], list...), errors.Join(failures[i], err)
			}
		})
	}
	wg.Wait()

	require.NoError(t, errors.Join(failures...))
	ids := map[auth.LetterID]bool{}
	for _, list := range seen {
		for _, l := range list {
			require.False(t, ids[l.ID], "claimed twice")
			ids[l.ID] = true
		}
	}
	require.Len(t, ids, letters)
}

func issuedLetterIsFoundByItsToken(t *testing.T, s Stores) {
	c, l := addCredential(t, s), wish("")
	addLetter(t, s, l)
	requireNoLetter(t, s, l)
	want := l
	want.Account, want.Email, want.ExpiresAt = c.Account, "ada@example.com", l.ExpiresAt.Add(time.Minute)
	issue(t, s, wishFor(t, s, c.Account))

	want = issue(t, s, want)
	requireLetter(t, s, want)

	other := want
	other.Purpose = auth.PurposeVerify
	requireNoLetter(t, s, other)

	again := want
	again.ExpiresAt = want.ExpiresAt.Add(time.Minute)
	again = issue(t, s, again)
	requireLetter(t, s, again)
	requireNoLetter(t, s, want)
}

func wishFor(t *testing.T, s Stores, account auth.AccountID) auth.Letter {
	t.Helper()
	return addLetter(t, s, wish(account))
}

func whatIsClaimedKnowsWhatWasIssued(t *testing.T, s Stores) {
	c := addCredential(t, s)
	l := issue(t, s, wishFor(t, s, c.Account))

	got := claim(t, s, l.DueAt)

	require.Len(t, got, 1)
	got[0].DueAt = l.DueAt
	require.Equal(t, l, got[0])
}

func sentLetterIsNotDue(t *testing.T, s Stores) {
	l := issue(t, s, wishFor(t, s, addCredential(t, s).Account))
	other := addLetter(t, s, wish(""))
	n, oldest, err := s.Letters.Waiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, l.CreatedAt, oldest)

	require.NoError(t, s.Letters.Sent(t.Context(), l.ID))
	require.NoError(t, s.Letters.Sent(t.Context(), l.ID))

	n, oldest, err = s.Letters.Waiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, other.CreatedAt, oldest)
	require.Len(t, claim(t, s, now().Add(time.Hour)), 1)
	l.DueAt = time.Time{}
	requireLetter(t, s, l)
}

func noLetterWaitsWhereThereIsNone(t *testing.T, s Stores) {
	n, oldest, err := s.Letters.Waiting(t.Context())

	require.NoError(t, err)
	require.Zero(t, n)
	require.Zero(t, oldest)
	require.Empty(t, claim(t, s, now()))
}

func droppedLetterIsGone(t *testing.T, s Stores) {
	c := addCredential(t, s)
	l, other := issue(t, s, wishFor(t, s, c.Account)), issue(t, s, wishFor(t, s, c.Account))

	require.NoError(t, s.Letters.Drop(t.Context(), l.ID))

	requireNoLetter(t, s, l)
	requireLetter(t, s, other)
	require.ErrorIs(t, s.Letters.Issue(t.Context(), l, now(), many), auth.ErrLetterNotFound)
}

func missingLettersAreLeftInPeace(t *testing.T, s Stores) {
	require.NoError(t, s.Letters.Sent(t.Context(), auth.LetterID(ID())))
	require.NoError(t, s.Letters.Drop(t.Context(), auth.LetterID(ID())))
	requireNoLetter(t, s, auth.Letter{Purpose: auth.PurposeReset, Token: []byte("none")})
}
