package userstest

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

// Exec runs a statement that every engine takes.
type Exec func(ctx context.Context, statement string) error

// File returns a file of a file system, for a smaller one.
func File(t *testing.T, files fs.FS, name string) *fstest.MapFile {
	t.Helper()

	data, err := fs.ReadFile(files, name)
	require.NoError(t, err)
	return &fstest.MapFile{Data: data}
}

// FillOldTrail fills a database of the first schema with two accounts, of which
// the second has been renamed by the first.
func FillOldTrail(t *testing.T, exec Exec) {
	t.Helper()

	const old = `{"email": "person.2@example.com", "username": "person-2", "role": "user", "is_active": true,
		"deleted": false, "authz_version": 2, "password_change": ""}`
	const renamed = `{"email": "person.2@example.com", "username": "renamed", "role": "user", "is_active": true,
		"deleted": false, "authz_version": 2, "password_change": ""}`
	for _, statement := range []string{
		`insert into accounts (id, email, email_key, username, username_key, role, is_active, authz_version, password_change, created_at, updated_at)
		 values ('` + string(id(1)) + `', 'Boss@x.org', 'boss@x.org', 'Boss', 'boss', 'admin', true, 1, '` + string(id(99)) + `',
			'2025-01-02T03:04:05.000006Z', '2025-01-02T03:04:05.000006Z'),
			('` + string(id(2)) + `', 'person.2@example.com', 'person.2@example.com', 'renamed', 'renamed', 'user', true, 2, '` + string(id(99)) + `',
			'2025-01-02T03:04:05.000006Z', '2025-01-02T03:04:06.000006Z')`,
		`insert into audit (account, seq, actor, action, before, after, request_id, at)
		 values ('` + string(id(2)) + `', 3, '` + string(id(1)) + `', 'edit', '` + old + `', '` + renamed + `', 'r1', '2025-01-02T03:04:06.000006Z')`,
		`update commit_head set seq = 3`,
	} {
		require.NoError(t, exec(t.Context(), statement))
	}
}

// TestOldTrail checks that a store, whose schema was brought up to date after
// FillOldTrail, goes on with what it found, and that rows of the trail cannot be
// changed.
func TestOldTrail(t *testing.T, store users.Store, exec Exec) {
	t.Helper()

	s := &subject{Opened{Store: store}}
	trail := s.trail(t)
	require.Len(t, trail, 1)
	before, after := trail[0].Differences()
	require.Equal(t, users.Values{"username": "person-2"}, before)
	require.Equal(t, users.Values{"username": "renamed"}, after)
	found, err := store.Accounts(t.Context(), users.Filter{Page: 1, Size: 10, Search: "BOSS@X"})
	require.NoError(t, err)
	require.Equal(t, []users.AccountID{id(1)}, ids(found.Items))

	s.must(t, users.ActionEdit, id(2), func(a *users.Account) { a.Username = "renamed-again" })
	s.must(t, users.ActionDeactivate, id(2), deactivate)
	verified := s.verify(t)
	require.Equal(t, 3, verified.Rows)
	require.Equal(t, 1, verified.Older)

	for _, statement := range []string{
		`update audit set action = 'delete' where seq = 5`, `update audit set hash = null`, `delete from audit`, `delete from audit where seq = 3`,
	} {
		require.ErrorContains(t, exec(t.Context(), statement), "never changed", statement)
	}
	require.Equal(t, verified, s.verify(t))

	s.must(t, users.ActionErase, id(2), erase)
	for _, e := range s.trail(t) {
		require.Nil(t, e.Personal)
	}
	require.Equal(t, 4, s.verify(t).Rows)
}
