// Package userstest holds the contract that every [users.Store] and
// [users.Rights] must keep, and stores in memory that keep it.
package userstest

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/services/users"
)

// Opened is one implementation as the contract sees it: its ports, the log that
// its commits go into, and ways to read who is in that log and what is in the
// audit, both oldest first.
type Opened struct {
	Store  users.Store
	Rights users.Rights
	Log    commitlog.Source
	Actors func(context.Context) ([]users.AccountID, error)
	Audit  func(context.Context) ([]Audit, error)
}

// Audit is a row of the audit, with the records as JSON.
type Audit struct {
	Seq           int64
	Account       users.AccountID
	Actor         users.AccountID
	Action        users.Action
	Before, After string
	RequestID     string
	At            time.Time
}

// TestStore checks that what open returns behaves as [users.Store] and
// [users.Rights] demand. Each call of open must return an empty store.
func TestStore(t *testing.T, open func(t *testing.T) Opened) {
	t.Helper()

	for name, test := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			test(t, &subject{Opened: open(t)})
		})
	}
}

func cases() map[string]func(*testing.T, *subject) {
	return map[string]func(*testing.T, *subject){
		"CreatedAccountIsFound":           createdAccountIsFound,
		"CreatingTwiceIsOnce":             creatingTwiceIsOnce,
		"UsedIDIsRefused":                 usedIDIsRefused,
		"TakenEmailIsRefused":             takenEmailIsRefused,
		"TakenUsernameIsRefused":          takenUsernameIsRefused,
		"TakenTells":                      takenTells,
		"DeletedAccountFreesItsNames":     deletedAccountFreesItsNames,
		"OneOfManyGetsTheEmail":           oneOfManyGetsTheEmail,
		"OneOfManyGetsTheUsername":        oneOfManyGetsTheUsername,
		"AdoptedAccountsAreOneCommit":     adoptedAccountsAreOneCommit,
		"AdoptionLeavesOutWhatCannotBe":   adoptionLeavesOutWhatCannotBe,
		"AdoptingAgainCommitsNothing":     adoptingAgainCommitsNothing,
		"RehearsedAdoptionStoresNothing":  rehearsedAdoptionStoresNothing,
		"KnownAccountsAreTold":            knownAccountsAreTold,
		"UpdateIsStored":                  updateIsStored,
		"FailedUpdateIsRolledBack":        failedUpdateIsRolledBack,
		"RefusedUpdateIsRolledBack":       refusedUpdateIsRolledBack,
		"NothingChangedCommitsNothing":    nothingChangedCommitsNothing,
		"MissingAccountIsNotFound":        missingAccountIsNotFound,
		"OwnNamesMayChangeCase":           ownNamesMayChangeCase,
		"ConcurrentUpdatesAllCount":       concurrentUpdatesAllCount,
		"ChangedRightsRaiseTheVersion":    changedRightsRaiseTheVersion,
		"LogIsGapless":                    logIsGapless,
		"AdministrativeChangesAreAudited": administrativeChangesAreAudited,
		"OwnEditsAreNotAudited":           ownEditsAreNotAudited,
		"LastAdminStays":                  lastAdminStays,
		"OneOfTwoAdminsStays":             oneOfTwoAdminsStays,
		"OneOfManyAdminsStays":            oneOfManyAdminsStays,
		"ActiveAdminsAreCounted":          activeAdminsAreCounted,
		"ChangedAccountsAreRevocations":   changedAccountsAreRevocations,
		"PagesHoldEachAccountOnce":        pagesHoldEachAccountOnce,
		"EmptyListHasAPage":               emptyListHasAPage,
	}
}

// subject adds what the cases do again and again.
type subject struct{ Opened }

var (
	start = time.Date(2025, 1, 2, 3, 4, 5, 6000, time.UTC) // microseconds: what PostgreSQL keeps
	later = start.Add(90 * time.Minute)
)

// id returns the ID of the n-th account.
func id(n int) users.AccountID {
	return users.AccountID(fmt.Sprintf("0190a000-0000-7000-8000-%012x", n))
}

// account returns the n-th account, a user. Its values have letters of both cases.
func account(n int) users.Account {
	return users.Account{
		ID: id(n), Email: users.Email(fmt.Sprintf("Person.%d@Example.com", n)),
		Username: users.Username(fmt.Sprintf("Person-%d", n)),
		Role:     users.RoleUser, IsActive: true, CreatedAt: start, UpdatedAt: start,
	}
}

func admin(n int) users.Account {
	a := account(n)
	a.Role = users.RoleAdmin
	return a
}

func (s *subject) create(t *testing.T, a users.Account) users.Account {
	t.Helper()

	created, isNew, err := s.Store.Create(t.Context(), a)
	require.NoError(t, err)
	require.True(t, isNew, "the account was not there before")
	return created
}

// edit has the account change itself at the time later.
func (s *subject) edit(t *testing.T, id users.AccountID, apply func(*users.Account)) (users.Account, error) {
	return s.Store.Update(t.Context(), id, change(users.ActionEdit, id, apply))
}

func (s *subject) mustEdit(t *testing.T, id users.AccountID, apply func(*users.Account)) users.Account {
	t.Helper()

	a, err := s.edit(t, id, apply)
	require.NoError(t, err)
	return a
}

func change(action users.Action, by users.AccountID, apply func(*users.Account)) users.Change {
	return users.Change{
		Action: action, At: later,
		By:    users.Caller{ID: by, RequestID: "request-1"},
		Apply: func(a *users.Account) error { apply(a); return nil },
	}
}

func (s *subject) account(t *testing.T, id users.AccountID) users.Account {
	t.Helper()

	a, err := s.Store.Account(t.Context(), id)
	require.NoError(t, err)
	return a
}

func (s *subject) head(t *testing.T) int64 {
	t.Helper()

	head, err := s.Log.Head(t.Context())
	require.NoError(t, err)
	return head.Seq
}

func (s *subject) events(t *testing.T) []commitlog.Event {
	t.Helper()

	events, err := s.Log.Since(t.Context(), 0, math.MaxInt32)
	require.NoError(t, err)
	return events
}

// last returns the newest row of the log.
func (s *subject) last(t *testing.T) commitlog.Event {
	t.Helper()

	events := s.events(t)
	require.NotEmpty(t, events)
	return events[len(events)-1]
}

func demote(a *users.Account)     { a.Role = users.RoleUser }
func deactivate(a *users.Account) { a.IsActive = false }
func remove(a *users.Account)     { a.DeletedAt = later }
