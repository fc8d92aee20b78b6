package users

import (
	"context"
	"strings"
	"time"
)

// revocationWindow is how far back revocations are told: longer than access
// tokens live, with room for clocks that differ.
const revocationWindow = 15 * time.Minute

// Registration is what the service that keeps the secrets wants an account for.
type Registration struct {
	ID       AccountID
	Email    string
	Username string
	Role     string

	// EmailVerified is for accounts that an operator makes and vouches for.
	EmailVerified bool

	RequestID string // of who wants it
}

// Register creates an account, active at once, and reports true; or it returns
// the account that an earlier call with the same values created, and false. Only
// an operator makes an administrator in this way.
func (s *Service) Register(ctx context.Context, r Registration) (Account, bool, error) {
	now := s.time()
	a := Account{ID: r.ID, IsActive: true, EmailVerified: r.EmailVerified, CreatedAt: now, UpdatedAt: now}
	var badEmail, badUsername, badRole error
	a.Email, badEmail = ParseEmail(r.Email)
	a.Username, badUsername = ParseUsername(r.Username)
	a.Role, badRole = ParseRole(r.Role)
	if err := invalid(badEmail, badUsername, badRole); err != nil {
		return Account{}, false, err
	}
	return s.store.Create(ctx, a, Caller{Operator: a.Role == RoleAdmin, RequestID: r.RequestID})
}

// Availability tells which of the two values are in use. It fails if one of them
// could not be given to an account at all.
func (s *Service) Availability(ctx context.Context, email, username string) (Taken, error) {
	e, badEmail := ParseEmail(email)
	u, badUsername := ParseUsername(username)
	if err := invalid(badEmail, badUsername); err != nil {
		return Taken{}, err
	}
	return s.store.Taken(ctx, e, u, "")
}

// Lookup returns the account that signs in with a username, in any letter case.
func (s *Service) Lookup(ctx context.Context, username string) (Account, error) {
	return s.store.AccountByUsername(ctx, strings.TrimSpace(username))
}

// LookupEmail returns the account that has an email, in any letter case.
func (s *Service) LookupEmail(ctx context.Context, email string) (Account, error) {
	return s.store.AccountByEmail(ctx, strings.TrimSpace(email))
}

// Record returns the account id, even if it is deleted.
func (s *Service) Record(ctx context.Context, id AccountID) (Account, error) {
	return s.store.Account(ctx, id)
}

// Known returns which of ids are those of accounts, deleted ones included.
func (s *Service) Known(ctx context.Context, ids []AccountID) ([]AccountID, error) {
	return s.store.Known(ctx, ids)
}

// ActiveAdmins counts the accounts that can administer the system.
func (s *Service) ActiveAdmins(ctx context.Context) (int, error) {
	return s.rights.ActiveAdmins(ctx)
}

// Revocations returns what a verifier of tokens must know when it starts.
func (s *Service) Revocations(ctx context.Context) (Revocations, error) {
	return s.rights.Revocations(ctx, s.time().Add(-revocationWindow))
}
