// Package authtest holds the contracts of auth's ports, and fakes that keep
// them.
package authtest

import (
	"crypto/rand"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/services/auth"
)

// Stores are the stores of one database.
type Stores struct {
	Credentials auth.Credentials
	Changes     auth.Changes
	Sessions    auth.Sessions
	Endings     auth.Endings
	Keys        auth.Keys
	Vault       auth.Vault
	Letters     auth.Letters
	Log         commitlog.Source
}

// TestStores checks the contracts of all stores. open returns stores in an
// empty database of their own.
func TestStores(t *testing.T, open func(t *testing.T) Stores) {
	cases := map[string]func(*testing.T, Stores){
		"AddedCredentialIsFound":               addedCredentialIsFound,
		"MissingCredentialIsNotFound":          missingCredentialIsNotFound,
		"RehashReplacesOnlyTheOldHash":         rehashReplacesOnlyTheOldHash,
		"RemoveTakesAllAlong":                  removeTakesAllAlong,
		"OldUnconfirmedCredentialsAreListed":   oldUnconfirmedCredentialsAreListed,
		"AdoptedCredentialsAreConfirmed":       adoptedCredentialsAreConfirmed,
		"RehearsedAdoptionStoresNothing":       rehearsedAdoptionStoresNothing,
		"StagedChangeIsFound":                  stagedChangeIsFound,
		"StagingTwiceKeepsTheFirst":            stagingTwiceKeepsTheFirst,
		"StagingNeedsACredential":              stagingNeedsACredential,
		"MissingChangeIsNotFound":              missingChangeIsNotFound,
		"ActivationPutsTheChangeIntoUse":       activationPutsTheChangeIntoUse,
		"ActivationEndsTheOtherSessions":       activationEndsTheOtherSessions,
		"ActivationOfAStaleRevisionDoesNone":   activationOfAStaleRevisionDoesNone,
		"ActivationKeepingNoneEndsAll":         activationKeepingNoneEndsAll,
		"OldStagedChangesAreListed":            oldStagedChangesAreListed,
		"DiscardedChangeIsGone":                discardedChangeIsGone,
		"AddedSessionIsFound":                  addedSessionIsFound,
		"MissingSessionIsNotFound":             missingSessionIsNotFound,
		"SessionNeedsThePresentRevision":       sessionNeedsThePresentRevision,
		"SessionsDoNotSlipPastAnActivation":    sessionsDoNotSlipPastAnActivation,
		"UpdatedSessionIsFound":                updatedSessionIsFound,
		"FailedUpdateIsRolledBack":             failedUpdateIsRolledBack,
		"ConcurrentUpdatesAllCount":            concurrentUpdatesAllCount,
		"PruneRemovesExpiredAndIdleSessions":   pruneRemovesExpiredAndIdleSessions,
		"LiveSessionsAreListed":                liveSessionsAreListed,
		"EveryEndOfASessionIsLogged":           everyEndOfASessionIsLogged,
		"RemovedSessionsHaveEnded":             removedSessionsHaveEnded,
		"NothingElseIsLogged":                  nothingElseIsLogged,
		"EndedSessionsAreForgottenInTime":      endedSessionsAreForgottenInTime,
		"EndStands":                            endStands,
		"EndAllLeavesOthersAlone":              endAllLeavesOthersAlone,
		"EndsAtOnceAreLoggedOnce":              endsAtOnceAreLoggedOnce,
		"AuditTellsWhoAndWhy":                  auditTellsWhoAndWhy,
		"KeysAreListedByNumber":                keysAreListedByNumber,
		"TakenNumberIsRefused":                 takenNumberIsRefused,
		"OneOfManyConcurrentFirstKeysWins":     oneOfManyConcurrentFirstKeysWins,
		"ResealReplacesOnlyTheOldSeal":         resealReplacesOnlyTheOldSeal,
		"RemovedKeyIsGone":                     removedKeyIsGone,
		"VaultKeepsTheFirst":                   vaultKeepsTheFirst,
		"VaultReplacesOnlyTheOld":              vaultReplacesOnlyTheOld,
		"MissingCredentialsAreLeftInPeace":     missingCredentialsAreLeftInPeace,
		"ChangeOfOneLeavesOtherAccountsAlone":  changeOfOneLeavesOtherAccountsAlone,
		"ConfirmedCredentialsAreNotListed":     confirmedCredentialsAreNotListed,
		"UnknownSessionsAreNotUpdated":         unknownSessionsAreNotUpdated,
		"RehashLeavesTheRevisionAlone":         rehashLeavesTheRevisionAlone,
		"SecondActivationOfTheSameDoesNothing": secondActivationOfTheSameDoesNothing,
	}
	maps.Copy(cases, letterCases())
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// ID returns a new random UUID.
func ID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// now is a time as precise as databases keep it.
func now() time.Time {
	return time.Now().UTC().Truncate(time.Microsecond)
}

func addCredential(t *testing.T, s Stores) auth.Credential {
	t.Helper()
	c := auth.Credential{Account: auth.AccountID(ID()), Hash: "first " + ID(), CreatedAt: now()}
	require.NoError(t, s.Credentials.Add(t.Context(), c))
	return c
}

func stage(t *testing.T, s Stores, account auth.AccountID, keep auth.SessionID) auth.Change {
	t.Helper()
	c := auth.Change{ID: auth.ChangeID(ID()), Account: account, Hash: "next " + ID(), Keep: keep, CreatedAt: now()}
	require.NoError(t, s.Changes.Stage(t.Context(), c))
	return c
}

func addSession(t *testing.T, s Stores, account auth.AccountID) auth.Session {
	t.Helper()
	x := session(account)
	require.NoError(t, s.Sessions.Add(t.Context(), x, 0))
	return x
}

func session(account auth.AccountID) auth.Session {
	at := now()
	return auth.Session{
		ID: auth.SessionID(ID()), Account: account, Generation: 1,
		SignedInAt: at, RotatedAt: at, ExpiresAt: at.Add(time.Hour),
	}
}
