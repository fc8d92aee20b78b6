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
	"PromotionActsAtTheNextSignIn": promotionActs,
	"DemotionActsWithinASecond":    demotionActs,
	"DeletionActsWithinASecond":    deletionActs,
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

// lastAdminStays runs while there is one administrator only.
func lastAdminStays(t *testing.T, w *world) {
	admin := w.admin(t)
	me := admin.get(t, mePath).want(http.StatusOK).account()
	admin.put(t, me.path()+"/role?role=user", nil).refused(http.StatusConflict, "last_admin")
	admin.delete(t, me.path()).refused(http.StatusConflict, "last_admin")
	require.Equal(t, me, admin.get(t, mePath).want(http.StatusOK).account())

	// Two demote each other at once: one of them stays.
	other := w.register(t)
	admin.put(t, other.path()+"/role?role=admin", nil).want(http.StatusOK)
	second := w.as(w.signIn(t, other.Username, password).AccessToken)
	answers := w.together(t,
		admin.request(t, http.MethodPut, other.path()+"/role?role=user", nil),
		second.request(t, http.MethodPut, me.path()+"/role?role=user", nil))
	demoted := 0
	for _, a := range answers {
		if a.StatusCode == http.StatusOK {
			demoted++
		}
	}
	require.Equal(t, 1, demoted, "%v", answers)

	w.restoreAdmin(t, me, other)
}

// restoreAdmin makes me the administrator again, and other a user.
func (w *world) restoreAdmin(t *testing.T, me, other account) {
	t.Helper()
	mine := w.as(w.signIn(t, w.system.Admin.Username, w.system.Admin.Password).AccessToken)
	if mine.get(t, mePath).want(http.StatusOK).account().Role == "user" {
		theirs := w.as(w.signIn(t, other.Username, password).AccessToken)
		theirs.put(t, me.path()+"/role?role=admin", nil).want(http.StatusOK)
		theirs.put(t, other.path()+"/role?role=user", nil).want(http.StatusOK)
	}
	w.mu.Lock()
	w.signedIn = time.Time{} // its token is of before
	w.mu.Unlock()
}
