package userstest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/users"
)

// TestAway checks that everything fails as it must with a store whose database
// is away.
func TestAway(t *testing.T, s users.Store, r users.Rights) {
	t.Helper()

	const id = users.AccountID("0190a000-0000-7000-8000-0000000000a1")
	ctx := t.Context()
	_, _, create := s.Create(ctx, users.Account{ID: id, Email: "a@example.com", Username: "a", Role: users.RoleUser}, users.Caller{})
	_, update := s.Update(ctx, id, users.Change{Action: users.ActionEdit, Apply: func(*users.Account) error { return nil }})
	_, account := s.Account(ctx, id)
	_, byName := s.AccountByUsername(ctx, "a")
	_, byEmail := s.AccountByEmail(ctx, "a@example.com")
	_, accounts := s.Accounts(ctx, users.Filter{Page: 1, Size: 1})
	_, taken := s.Taken(ctx, "a@example.com", "a", "")
	_, admins := r.ActiveAdmins(ctx)
	_, audit := s.Audit(ctx, users.AuditQuery{Account: id, Page: 1, Size: 1})
	_, trail := s.Trail(ctx, 0, 1)
	_, pending := s.PendingErasures(ctx, 1)
	finish := s.FinishErasure(ctx, id)
	_, revocations := r.Revocations(ctx, time.Now())
	for what, err := range map[string]error{
		"Create": create, "Update": update, "Account": account, "AccountByUsername": byName, "AccountByEmail": byEmail,
		"Accounts": accounts, "Taken": taken, "Audit": audit, "Trail": trail, "PendingErasures": pending, "FinishErasure": finish,
		"ActiveAdmins": admins, "Revocations": revocations,
	} {
		require.ErrorIs(t, err, errs.ErrUnavailable, what)
	}
}
