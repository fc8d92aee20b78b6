package users_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

// kept is a store of which only the trail is asked for.
type kept struct {
	users.Store
	rows []users.Entry
}

func (k kept) Trail(_ context.Context, after int64, limit int) ([]users.Entry, error) {
	rest := slices.DeleteFunc(slices.Clone(k.rows), func(e users.Entry) bool { return e.Seq <= after })
	return rest[:min(2, limit, len(rest))], nil
}

// written returns a trail in which Boss was made, Ada was renamed, promoted, demoted, renamed
// again and deactivated, and Boss renamed and another erased.
func written(t *testing.T) []users.Entry {
	t.Helper()

	w := newWorld(t)
	_, _, err := w.Register(t.Context(), users.Registration{ID: nobody, Email: "eve@example.com", Username: "eve", Role: "user"})
	require.NoError(t, err)
	by := w.by(bossID, 0)
	rename := func(id users.AccountID, name string) {
		_, err := w.Edit(t.Context(), by, id, users.Edit{Username: &name})
		require.NoError(t, err)
	}
	rename(adaID, "countess")
	rename(nobody, "eva")
	for _, role := range []users.Role{users.RoleAdmin, users.RoleUser} {
		_, err := w.Assign(t.Context(), by, adaID, role)
		require.NoError(t, err)
	}
	rename(adaID, "ada")
	require.NoError(t, w.Erase(t.Context(), by, nobody))
	_, err = w.Deactivate(t.Context(), by, adaID)
	require.NoError(t, err)
	rows, err := w.store.Trail(t.Context(), 0, 100)
	require.NoError(t, err)
	require.Len(t, rows, 8)
	return rows
}

func verify(t *testing.T, rows []users.Entry) (users.Trail, error) {
	t.Helper()

	return users.NewService(kept{rows: rows}, nil, nil, nil, nil).VerifyTrail(t.Context())
}

func TestTamperingShows(t *testing.T) {
	t.Parallel()

	const first, renamed, renamedEve, promoted, erased, last = 0, 1, 2, 3, 6, 7
	for name, tamper := range map[string]func(rows []users.Entry) []users.Entry{
		"Action":    func(r []users.Entry) []users.Entry { r[promoted].Action = users.ActionEdit; return r },
		"Actor":     func(r []users.Entry) []users.Entry { r[promoted].Actor = adaID; return r },
		"Origin":    func(r []users.Entry) []users.Entry { r[last].Origin = users.OriginOperator; return r },
		"Account":   func(r []users.Entry) []users.Entry { r[promoted].Account = bossID; return r },
		"Time":      func(r []users.Entry) []users.Entry { r[promoted].At = r[promoted].At.Add(1000); return r },
		"RequestID": func(r []users.Entry) []users.Entry { r[promoted].RequestID = "r2"; return r },
		"After":     func(r []users.Entry) []users.Entry { r[promoted].After["role"] = "user"; return r },
		"Before":    func(r []users.Entry) []users.Entry { r[last].Before["is_active"] = "true"; return r },
		"MoreAfter": func(r []users.Entry) []users.Entry { r[last].After["x"] = nil; return r },
		"Name": func(r []users.Entry) []users.Entry {
			p := *r[renamed].Personal
			p.After = maps.Clone(p.After)
			p.After["username"] = "queen"
			r[renamed].Personal = &p
			return r
		},
		"Salt": func(r []users.Entry) []users.Entry {
			p := *r[renamed].Personal
			p.Salt = make([]byte, 32)
			r[renamed].Personal = &p
			return r
		},
		"NameTakenAway":  func(r []users.Entry) []users.Entry { r[renamed].Personal = nil; return r },
		"NamePutBack":    func(r []users.Entry) []users.Entry { r[renamedEve].Personal = r[renamed].Personal; return r },
		"NamePutIn":      func(r []users.Entry) []users.Entry { r[promoted].Personal = r[renamed].Personal; return r },
		"Digest":         func(r []users.Entry) []users.Entry { r[renamedEve].Digest = r[renamed].Digest; return r },
		"Hash":           func(r []users.Entry) []users.Entry { r[last].Hash = r[renamed].Hash; return r },
		"NoHash":         func(r []users.Entry) []users.Entry { r[promoted].Hash = nil; return r },
		"NoHashAtTheEnd": func(r []users.Entry) []users.Entry { r[last].Hash = nil; return r },
		"NoHashAtFirst":  func(r []users.Entry) []users.Entry { r[first].Hash = nil; return r },
		"First":          func(r []users.Entry) []users.Entry { return r[1:] },
		"Middle":         func(r []users.Entry) []users.Entry { return slices.Delete(r, 3, 4) },
		"Exchanged": func(r []users.Entry) []users.Entry {
			r[3].Seq, r[4].Seq = r[4].Seq, r[3].Seq
			r[3], r[4] = r[4], r[3]
			return r
		},
		"ErasureOfOthers": func(r []users.Entry) []users.Entry { r[erased].Account = adaID; return r },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			rows := written(t)
			_, err := verify(t, rows)
			require.NoError(t, err)
			_, err = verify(t, tamper(rows))
			require.ErrorIs(t, err, users.ErrTrailBroken)
		})
	}
}

func TestVerifiedTrailTellsHowFar(t *testing.T) {
	t.Parallel()

	rows := written(t)
	older := users.Entry{Seq: 1, Account: adaID, Before: users.Values{"username": nil}, After: users.Values{"username": nil}}
	trail, err := verify(t, append([]users.Entry{older}, rows...))
	require.NoError(t, err)
	require.Equal(t, users.Trail{Rows: 9, Older: 1, Seq: rows[7].Seq, Hash: rows[7].Hash}, trail)

	trail, err = verify(t, rows[:7])
	require.NoError(t, err, "that the end is missing only a hash that was noted can tell")
	require.NotEqual(t, rows[7].Hash, trail.Hash)
	require.Equal(t, rows[6].Hash, trail.Hash)
}
