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
// its commits go into, and a way to read who is in that log, oldest first.
type Opened struct {
	Store  users.Store
	Rights users.Rights
	Log    commitlog.Source
	Actors func(context.Context) ([]users.AccountID, error)
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
		"LettingInAgainIsRemembered":      lettingInAgainIsRemembered,
		"LogIsGapless":                    logIsGapless,
		"UnexpectedVersionIsRefused":      unexpectedVersionIsRefused,
		"AdministrativeChangesAreAudited": administrativeChangesAreAudited,
		"OwnEditsAreNotAudited":           ownEditsAreNotAudited,
		"WhatOperatorsCreateIsAudited":    whatOperatorsCreateIsAudited,
		"AuditComesByPages":               auditComesByPages,
		"TrailIsWhatWasWritten":           trailIsWhatWasWritten,
		"ConcurrentChangesAreChained":     concurrentChangesAreChained,
		"DeletedAccountIsRestored":        deletedAccountIsRestored,
		"TakenNamesKeepItDeleted":         takenNamesKeepItDeleted,
		"ErasedAccountIsNobodys":          erasedAccountIsNobodys,
		"ErasureIsPendingUntilFinished":   erasureIsPendingUntilFinished,
		"ErasedAccountStaysSo":            erasedAccountStaysSo,
		"LastAdminStays":                  lastAdminStays,
		"OneOfTwoAdminsStays":             oneOfTwoAdminsStays,
		"OneOfManyAdminsStays":            oneOfManyAdminsStays,
		"ActiveAdminsAreCounted":          activeAdminsAreCounted,
		"ChangedAccountsAreRevocations":   changedAccountsAreRevocations,
		"PagesHoldEachAccountOnce":        pagesHoldEachAccountOnce,
		"EmptyListHasAPage":               emptyListHasAPage,
		"ListIsFiltered":                  listIsFiltered,
		"SearchIsLiteralInAnyCase":        searchIsLiteralInAnyCase,
		"ListIsOrdered":                   listIsOrdered,
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

	created, isNew, err := s.Store.Create(t.Context(), a, users.Caller{})
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

// trail returns the whole audit trail, by little steps.
func (s *subject) trail(t *testing.T) (all []users.Entry) {
	t.Helper()

	for after := int64(0); ; after = all[len(all)-1].Seq {
		rows, err := s.Store.Trail(t.Context(), after, 3)
		require.NoError(t, err)
		if len(rows) == 0 {
			return all
		}
		all = append(all, rows...)
	}
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
func restore(a *users.Account)    { a.DeletedAt = time.Time{} }

func erase(a *users.Account) {
	a.Email, a.Username = users.Email("nobody-"+a.ID+"@invalid"), users.Username("nobody-"+a.ID)
	a.Role, a.IsActive, a.DeletedAt, a.ErasedAt = users.RoleUser, false, later, later
}
