// Package e2e_test sees the system as its clients do: over HTTP, through the
// gateway. One suite runs against every form of the system.
package e2e_test

import (
	"testing"

	"stockroom/e2e/stack"
)

func TestMain(m *testing.M) { stack.Main(m) }

// The forms take turns, as does whatever else starts a system: on a small
// machine two of them would only make each other slow.

func TestOneProcess(t *testing.T) {
	skipGiven(t)
	suite(t, stack.InProcess(t))
	// Ten thousand products take minutes under the race detector.
	t.Run("WalkShowsEachOnce", func(t *testing.T) { walkShowsEachOnce(t, openWorld(t, stack.Child(t, stack.Options{}))) })
}

func TestSeparateProcesses(t *testing.T) {
	skipGiven(t)
	s := stack.Processes(t, stack.Options{})
	suite(t, s)
	t.Run("WalkShowsEachOnce", func(t *testing.T) { walkShowsEachOnce(t, openWorld(t, s)) })
}

// TestGiven tests a system that runs already: STOCKROOM_URL says where.
func TestGiven(t *testing.T) {
	s, ok := stack.Given()
	if !ok {
		t.Skip("STOCKROOM_URL names no system; the other forms are tested")
	}
	suite(t, s)
}

func skipGiven(t *testing.T) {
	t.Helper()
	if _, ok := stack.Given(); ok {
		t.Skip("testing the system at STOCKROOM_URL only")
	}
}

// A check tells one thing that clients rely on.
type check func(t *testing.T, w *world)

// suite is what holds in every form. Checks share the system and keep out of
// each other's way: each makes the products and accounts that it looks at.
func suite(t *testing.T, s *stack.System) {
	t.Helper()

	w := openWorld(t, s)
	// Before others make administrators, and before there is load.
	t.Run("Alone", func(t *testing.T) { runInTurn(t, w, aloneChecks) })
	t.Run("Together", func(t *testing.T) {
		for area, checks := range map[string]map[string]check{
			"Auth": authChecks, "Sessions": sessionChecks, "Logout": logoutChecks, "Passwords": passwordChecks, "Emails": emailChecks,
			"Accounts": accountChecks, "People": peopleChecks, "Rights": rightsChecks,
			"Products": productChecks, "Prices": priceChecks, "Lists": listChecks, "Search": searchChecks,
			"Refusals": refusalChecks, "Framing": framingChecks, "System": systemChecks, "Races": raceChecks,
		} {
			t.Run(area, func(t *testing.T) {
				t.Parallel()
				for name, check := range checks {
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						check(t, w)
					})
				}
			})
		}
	})
	t.Run("Last", func(t *testing.T) { runInTurn(t, w, lastChecks) })
}

func runInTurn(t *testing.T, w *world, checks map[string]check) {
	t.Helper()
	for name, check := range checks {
		t.Run(name, func(t *testing.T) { check(t, w) })
	}
}

var aloneChecks = map[string]check{
	"LastAdminStays": lastAdminStays,
	"PagesRender":    pagesRender,
}

var lastChecks = map[string]check{
	"NoReaderSeesTheOldValue": noReaderSeesTheOldValue,
	"LogsKeepSecrets":         logsKeepSecrets,
}
