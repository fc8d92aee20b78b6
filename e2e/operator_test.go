package e2e_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// TestOperatorOfOneProcess runs the commands beside the system that they are
// about, and while nothing runs.
func TestOperatorOfOneProcess(t *testing.T) {
	skipGiven(t)
	dir := t.TempDir()
	env := map[string]string{"DATA": dir, "PASSWORD_COST": "4"}
	s := stack.Child(t, stack.Options{Dir: dir})
	w := openWorld(t, s)
	operate(t, w, env)

	s.Processes["stockroom"].Stop(t)
	require.NoFileExists(t, filepath.Join(dir, "running.json"))
	made := makeAdmin(t, env, "alone")
	s.Processes["stockroom"].Start(t)
	s.Await(t)
	require.NotEmpty(t, w.signIn(t, made, password).AccessToken)
}

// TestOperatorBeforeTheFirstStart makes the administrator that the first start
// would make up.
func TestOperatorBeforeTheFirstStart(t *testing.T) {
	skipGiven(t)
	dir := t.TempDir()
	env := map[string]string{"DATA": dir, "PASSWORD_COST": "4"}
	said, code := stack.Tell(t, password+"\n", "stockroom", env, "admin", "create", "--email", "root@example.com", "--username", "root")
	require.Zero(t, code, said)

	s := stack.Child(t, stack.Options{Dir: dir, Admin: stack.Admin{Username: "root", Password: password}})
	require.NotContains(t, s.Processes["stockroom"].Log(t), "The first administrator has been made")
}

// TestOperatorOfSeparateProcesses runs the commands against services that run
// elsewhere.
func TestOperatorOfSeparateProcesses(t *testing.T) {
	skipGiven(t)
	s := stack.Processes(t, stack.Options{})
	env := secretsAsFiles(t, map[string]string{"INTERNAL_TOKEN": s.Processes["auth"].Variable("INTERNAL_TOKEN")})
	env["AUTH_INTERNAL_URL"], env["USERS_INTERNAL_URL"] = s.Internal["auth"], s.Internal["users"]
	w := openWorld(t, s)
	operate(t, w, env)

	delete(env, "INTERNAL_TOKEN_FILE")
	said, code := stack.Run(t, "stockroom", env, "keys", "rotate")
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "STOCKROOM_INTERNAL_TOKEN is not set")
	env["INTERNAL_TOKEN"] = "another one"
	said, code = stack.Run(t, "stockroom", env, "keys", "rotate")
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "do not take this STOCKROOM_INTERNAL_TOKEN")
}

// operate tries every command on w.
func operate(t *testing.T, w *world, env map[string]string) {
	t.Helper()

	name := makeAdmin(t, env, unique("root"))
	admin := w.as(w.signIn(t, name, password).AccessToken)
	admin.get(t, "/api/v1/users").want(http.StatusOK)
	said, code := stack.Tell(t, password, "stockroom", env, "admin", "create", "--email", "other@example.com", "--username", name)
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "Username already in use")

	setPasswords(t, w, env)

	said, code = stack.Run(t, "stockroom", env, "keys", "rotate")
	require.Zero(t, code, said)
	require.Contains(t, said, "Signing key 2")
	admin.get(t, "/api/v1/auth/me").want(http.StatusOK)

	a := w.register(t)
	said, code = stack.Run(t, "stockroom", env, "erase", a.Username)
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "--yes", "nobody is there to be asked")
	for _, which := range []string{a.Username, a.ID} { // again by its id: it has no name any more
		said, code = stack.Run(t, "stockroom", env, "erase", "--yes", which)
		require.Zero(t, code, said)
	}
	w.anyone().post(t, "/api/v1/auth/login/json", fields{"username": a.Username, "password": password}).want(http.StatusUnauthorized)
	said, code = stack.Run(t, "stockroom", env, "erase", "--yes", a.Username)
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "Account not found")
}

// makeAdmin makes an administrator whose password is [password].
func makeAdmin(t *testing.T, env map[string]string, name string) string {
	t.Helper()

	said, code := stack.Tell(t, password, "stockroom", env, "admin", "create", "--email", name+"@example.com", "--username", name)
	require.Zero(t, code, said)
	require.NotContains(t, said, password)
	return name
}

func setPasswords(t *testing.T, w *world, env map[string]string) {
	t.Helper()

	a, _ := w.user(t)
	before := w.signIn(t, a.Username, password)
	said, code := stack.Tell(t, "weak", "stockroom", env, "admin", "reset-password", a.Username)
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "Must have at least 8 characters.")
	said, code = stack.Tell(t, "Better-Horse-8\n", "stockroom", env, "admin", "reset-password", a.Username)
	require.Zero(t, code, said)
	require.NotContains(t, said, "Better-Horse-8")
	w.signIn(t, a.Username, "Better-Horse-8")
	w.anyone().post(t, "/api/v1/auth/refresh", fields{"refresh_token": before.RefreshToken}).want(http.StatusUnauthorized)
	w.anyone().post(t, "/api/v1/auth/login/json", fields{"username": a.Username, "password": password}).want(http.StatusUnauthorized)

	said, code = stack.Run(t, "stockroom", env, "admin", "reset-password", "--generate", a.Username)
	require.Zero(t, code, said)
	shown := regexp.MustCompile(`shown only now: (\S+)`).FindStringSubmatch(said)
	require.NotNil(t, shown, said)
	w.signIn(t, a.Username, shown[1])
	said, code = stack.Run(t, "stockroom", env, "admin", "reset-password", a.Username)
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "no password")
}
