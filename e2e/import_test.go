package e2e_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/foreign"
	"stockroom/e2e/stack"
)

const partly = 3 // what programs exit with when rows were refused

// TestImportIntoOneProcess takes a system over into data that nothing runs on
// yet, and once more while it is used.
func TestImportIntoOneProcess(t *testing.T) {
	skipGiven(t)
	dir := t.TempDir()
	env := secretsAsFiles(t, map[string]string{"IMPORT_URL": foreign.New(t)})
	env["DATA"] = dir

	said, code := stack.Run(t, "stockroom", env, "import", "--dry-run")
	require.Equal(t, partly, code, said)
	require.ElementsMatch(t, foreign.All(), notesIn(t, said))
	imported := []string{
		"accounts   1209 added, 0 here already, 9 refused; 2 taken with a change",
		"passwords  1209 added, 0 here already, 0 refused; 1 taken with a change",
		"products   1205 added, 0 here already, 8 refused; 1 taken with a change",
	}
	for _, line := range imported {
		require.Contains(t, said, line)
	}

	said, code = stack.Run(t, "stockroom", env, "import")
	require.Equal(t, partly, code, said)
	require.ElementsMatch(t, foreign.All(), notesIn(t, said))
	for _, line := range imported {
		require.Contains(t, said, line)
	}

	// Whoever administered the other system does so here: none is made up.
	s := stack.Child(t, stack.Options{Dir: dir, Admin: stack.Admin{Username: "ada", Password: foreign.Password}})
	require.NotContains(t, s.Processes["stockroom"].Log(t), "The first administrator has been made")
	w := openWorld(t, s)
	requireImported(t, w)

	said, code = stack.Run(t, "stockroom", env, "import")
	require.Equal(t, partly, code, said)
	require.ElementsMatch(t, foreign.All(), notesIn(t, said))
	require.Contains(t, said, "accounts   0 added, 1209 here already")
	require.Contains(t, said, "passwords  0 added, 1209 here already")
	require.Contains(t, said, "products   0 added, 1205 here already")
	requireImported(t, w)
}

// TestImportIntoSeparateProcesses takes a system over beside services that run.
// Whichever import comes first, nothing is lost.
func TestImportIntoSeparateProcesses(t *testing.T) {
	skipGiven(t)
	s := stack.Processes(t, stack.Options{})
	w := openWorld(t, s)
	given := secretsAsFiles(t, map[string]string{"IMPORT_URL": foreign.New(t)})
	run := func(name, verb string) []foreign.Note {
		said, code := s.Processes[name].Again(t, given, verb)
		require.Equal(t, partly, code, said)
		return logged(t, said)
	}

	require.Equal(t, 1218, len(run("auth", "import")), "users knows none of them yet") //nolint:testifylint // it would show them all
	require.ElementsMatch(t, foreign.Accounts(), run("users", "check-import"))
	require.ElementsMatch(t, foreign.Accounts(), run("users", "import"))
	orphaned := append(foreign.Orphans(), foreign.Passwords()...)
	require.ElementsMatch(t, orphaned, run("auth", "check-import"))
	for range 2 {
		require.ElementsMatch(t, foreign.Accounts(), run("users", "import"))
		require.ElementsMatch(t, orphaned, run("auth", "import"))
		require.ElementsMatch(t, foreign.Products(), run("catalog-1", "import"))
		requireImported(t, w)
	}
	said, code := s.Processes["users"].Again(t, nil, "import")
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "STOCKROOM_IMPORT_URL")
}

// requireImported looks at what the other system had through the API.
func requireImported(t *testing.T, w *world) {
	t.Helper()

	for _, name := range []string{"ada", "BOB@home", "carol", "do", "jürgen", "many-1", "ivy"} {
		for range 2 { // the second time with a hash as they are made here
			require.NotEmpty(t, w.signIn(t, name, foreign.Password).AccessToken, name)
		}
	}
	for _, name := range []string{"eve", "hal", "twin", "eleven", "jay", "kim"} {
		w.anyone().post(t, "/api/v1/auth/login/json", fields{"username": name, "password": foreign.Password}).want(http.StatusUnauthorized)
	}
	admin := w.as(w.signIn(t, "ada", foreign.Password).AccessToken)
	ada := admin.get(t, "/api/v1/users/7d1c2a4e-0000-4000-8000-000000000001").want(http.StatusOK).members()
	for name, want := range map[string]any{
		"email": "Ada@Example.com", "username": "Ada", "role": "admin", "is_active": true,
		"created_at": "2024-02-29T12:01:00.123456Z", "updated_at": "2024-02-29T13:30:00.123456Z",
	} {
		require.Equal(t, want, ada[name], name)
	}
	admin.get(t, "/api/v1/users/7d1c2a4e-0000-4000-8000-000000000008").want(http.StatusOK)
	admin.get(t, "/api/v1/users/7d1c2a4e-0000-4000-8000-000000000005").want(http.StatusNotFound) // deleted there

	kettle := w.anyone().get(t, productsPath+"/9e8d7c6b-0000-4000-8000-000000000001").want(http.StatusOK)
	require.Contains(t, string(kettle.body), `"price":19.90`)
	for name, want := range map[string]any{
		"name": "Kettle", "description": `Made of "copper"`, "category": "Kitchen", "sku": "K-1",
		"created_at": "2024-02-29T12:01:00.654321Z", "updated_at": "2024-02-29T13:30:00.654321Z",
	} {
		require.Equal(t, want, kettle.members()[name], name)
	}
	brush := w.anyone().get(t, productsPath+"/9e8d7c6b-0000-4000-8000-000000000002").want(http.StatusOK).members()
	require.Nil(t, brush["description"])
	require.Nil(t, brush["category"])
	require.Zero(t, brush["stock"])
	w.anyone().get(t, productsPath+"/9e8d7c6b-0000-4000-8000-000000000003").want(http.StatusNotFound)
	page := w.anyone().get(t, productsPath+"?category=Many&page_size=1").want(http.StatusOK).members()
	require.EqualValues(t, 1200, page["total"])
}

// notesIn returns what `stockroom import` has said about rows.
func notesIn(t *testing.T, said string) (notes []foreign.Note) {
	t.Helper()

	for line := range strings.Lines(said) {
		// On a terminal a bar stands before it, and is wiped off.
		parts := strings.Split(strings.TrimSpace(line[strings.LastIndexByte(line, '\r')+1:]), "\t")
		if len(parts) == 4 {
			notes = append(notes, foreign.Note{Table: parts[0], ID: parts[1], Refused: parts[2] == "refused", Reason: parts[3]})
		}
	}
	return notes
}

// logged returns what a service has logged about rows.
func logged(t *testing.T, said string) (notes []foreign.Note) {
	t.Helper()

	for line := range strings.Lines(said) {
		var n struct{ Msg, Table, ID, Reason string }
		require.NoError(t, json.Unmarshal([]byte(line), &n), line)
		if n.Reason != "" {
			notes = append(notes, foreign.Note{Table: n.Table, ID: n.ID, Refused: n.Msg == "row refused", Reason: n.Reason})
		}
	}
	return notes
}
