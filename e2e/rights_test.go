package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rightsDelay is how long a token may outlive the rights that it was made for.
const rightsDelay = time.Second

var rightsChecks = map[string]check{
	"PromotionActsAtTheNextSignIn":  promotionActs,
	"DemotionActsWithinASecond":     demotionActs,
	"DeletionActsWithinASecond":     deletionActs,
	"DeactivationActsWithinASecond": deactivationActs,
}

func promotionActs(t *testing.T, w *world) {
	a, c := w.user(t)
	c.post(t, productsPath, draft(nil)).refused(http.StatusForbidden, "permission_denied")
	w.admin(t).put(t, a.path()+"/role?role=admin", nil).want(http.StatusOK)
	c = w.as(w.signIn(t, a.Username, password).AccessToken)
	c.post(t, productsPath, draft(nil)).want(http.StatusCreated)
	c.get(t, usersPath).want(http.StatusOK)
}

func demotionActs(t *testing.T, w *world) {
	a := w.register(t)
	w.admin(t).put(t, a.path()+"/role?role=admin", nil).want(http.StatusOK)
	session := w.signIn(t, a.Username, password)
	c := w.as(session.AccessToken)
	p := c.post(t, productsPath, draft(nil)).want(http.StatusCreated).product()
	c.get(t, usersPath).want(http.StatusOK)

	w.admin(t).put(t, a.path()+"/role?role=user", nil).want(http.StatusOK)
	// The catalog, users and auth each look for themselves.
	for _, path := range []string{usersPath, mePath} {
		eventually(t, rightsDelay, path, func() bool { return c.get(t, path).StatusCode == http.StatusUnauthorized })
	}
	eventually(t, rightsDelay, "products", func() bool {
		return c.put(t, p.path(), fields{"stock": 1}).StatusCode == http.StatusUnauthorized
	})
	c.get(t, mePath).refused(http.StatusUnauthorized, "invalid_token")

	// The session goes on with the rights that are left.
	c = w.as(w.refresh(t, session.RefreshToken).want(http.StatusOK).tokens().AccessToken)
	require.Equal(t, "user", c.get(t, mePath).want(http.StatusOK).account().Role)
	c.put(t, p.path(), fields{"stock": 2}).refused(http.StatusForbidden, "permission_denied")
}

func deletionActs(t *testing.T, w *world) {
	a := w.register(t)
	session := w.signIn(t, a.Username, password)
	c := w.as(session.AccessToken)
	c.get(t, mePath).want(http.StatusOK)
	w.admin(t).delete(t, a.path()).want(http.StatusNoContent)
	eventually(t, rightsDelay, "me", func() bool { return c.get(t, mePath).StatusCode == http.StatusUnauthorized })
	eventually(t, rightsDelay, "self", func() bool { return c.get(t, a.path()).StatusCode == http.StatusUnauthorized })
	w.refresh(t, session.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
}

func deactivationActs(t *testing.T, w *world) {
	a := w.register(t)
	session, asleep := w.signIn(t, a.Username, password), w.signIn(t, a.Username, password)
	c := w.as(session.AccessToken)
	c.get(t, mePath).want(http.StatusOK)
	for range 2 {
		require.False(t, w.admin(t).post(t, a.path()+"/deactivate", nil).want(http.StatusOK).account().IsActive)
	}
	for _, path := range []string{mePath, usersPath + "/me", a.path()} {
		eventually(t, rightsDelay, path, func() bool { return c.get(t, path).StatusCode == http.StatusUnauthorized })
	}
	w.refresh(t, session.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	w.anyone().post(t, jsonPath, fields{"username": a.Username, "password": password}).
		refused(http.StatusUnauthorized, "invalid_credentials")

	require.True(t, w.admin(t).post(t, a.path()+"/activate", nil).want(http.StatusOK).account().IsActive)
	c.get(t, mePath).want(http.StatusUnauthorized)
	w.refresh(t, asleep.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	require.NotEmpty(t, w.signIn(t, a.Username, password).AccessToken)
}

// lastAdminStays runs while there is one administrator only.
func lastAdminStays(t *testing.T, w *world) {
	admin := w.admin(t)
	me := admin.get(t, mePath).want(http.StatusOK).account()
	admin.put(t, me.path()+"/role?role=user", nil).refused(http.StatusConflict, "last_admin")
	admin.post(t, me.path()+"/deactivate", nil).refused(http.StatusConflict, "last_admin")
	admin.delete(t, me.path()).refused(http.StatusConflict, "last_admin")
	admin.post(t, me.path()+"/erase", nil).refused(http.StatusConflict, "last_admin")
	require.Equal(t, me, admin.get(t, mePath).want(http.StatusOK).account())
	other := w.register(t)
	admin.put(t, other.path()+"/role?role=admin", nil).want(http.StatusOK)
	oneOfTwoAdminsStays(t, w, me, other)
}

// oneOfTwoAdminsStays has two demote each other at once, a hundred times: one of
// them stays, and makes the other one an administrator again.
func oneOfTwoAdminsStays(t *testing.T, w *world, me, other account) {
	mine := w.as(w.signIn(t, w.system.Admin.Username, w.system.Admin.Password).AccessToken)
	theirs := w.as(w.signIn(t, other.Username, password).AccessToken)
	for range 100 {
		answers := w.together(t,
			mine.request(t, http.MethodPut, other.path()+"/role?role=user", nil),
			theirs.request(t, http.MethodPut, me.path()+"/role?role=user", nil))
		won, lost := answers[0], answers[1]
		if lost.StatusCode == http.StatusOK {
			won, lost = lost, won
		}
		won.want(http.StatusOK)
		// Whoever comes second has lost the rights already, or is the last.
		require.Contains(t, []int{http.StatusConflict, http.StatusUnauthorized}, lost.StatusCode, lost)

		var admins accounts
		if won.account().ID == other.ID {
			mine.get(t, usersPath+"?role=admin&is_active=true").want(http.StatusOK).into(&admins)
			mine.put(t, other.path()+"/role?role=admin", nil).want(http.StatusOK)
			theirs = w.as(w.signIn(t, other.Username, password).AccessToken)
		} else {
			theirs.get(t, usersPath+"?role=admin&is_active=true").want(http.StatusOK).into(&admins)
			theirs.put(t, me.path()+"/role?role=admin", nil).want(http.StatusOK)
			mine = w.as(w.signIn(t, w.system.Admin.Username, w.system.Admin.Password).AccessToken)
		}
		require.Equal(t, 1, admins.Total)
	}
	mine.put(t, other.path()+"/role?role=user", nil).want(http.StatusOK)
	w.mu.Lock()
	w.signedIn = time.Time{} // its token is of before
	w.mu.Unlock()
}
