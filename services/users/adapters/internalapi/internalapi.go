// Package internalapi offers accounts to the other services of the system.
package internalapi

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/errs"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/users"
)

// Mount adds the operations to the internal face api, with the commit log of
// accounts.
func Mount(api *web.API, svc *users.Service, log commitlog.Source) {
	h := &handler{svc: svc, rights: Rights{log, svc}}
	taken := []*errs.Error{users.ErrEmailTaken, users.ErrUsernameTaken, users.ErrAccountExists}
	absent := []*errs.Error{users.ErrAccountNotFound}

	web.Handle(api, web.Operation{
		ID: "lookupAccount", Method: http.MethodPost, Path: "/internal/v1/accounts/lookup",
		Summary: "Find the account of a username in any letter case", Errors: absent,
	}, h.lookup)
	web.Handle(api, web.Operation{
		ID: "lookupAccountByEmail", Method: http.MethodPost, Path: "/internal/v1/accounts/lookup-email",
		Summary: "Find the account of an email in any letter case", Errors: absent,
	}, h.lookupEmail)
	web.Handle(api, web.Operation{
		ID: "checkAvailability", Method: http.MethodPost, Path: "/internal/v1/accounts/availability",
		Summary: "Tell whether an email and a username could be given to a new account",
	}, h.availability)
	web.Handle(api, web.Operation{
		ID: "knownAccounts", Method: http.MethodPost, Path: "/internal/v1/accounts/known",
		Summary: "Tell which ids are those of accounts, even if they are deleted",
	}, h.known)
	web.Handle(api, web.Operation{
		ID: "createAccount", Method: http.MethodPut, Path: "/internal/v1/accounts/{id}", Status: http.StatusCreated,
		Also:    map[int]string{http.StatusOK: "The account had been created with these values before"},
		Summary: "Create an account", Errors: taken,
	}, h.create)
	web.Handle(api, web.Operation{
		ID: "readAccount", Method: http.MethodGet, Path: "/internal/v1/accounts/{id}",
		Summary: "Read an account, even if it is deleted", Errors: absent,
	}, h.read)
	web.Handle(api, web.Operation{
		ID: "eraseAccount", Method: http.MethodPost, Path: "/internal/v1/accounts/{id}/erase", Status: http.StatusNoContent,
		Summary: "Erase an account in the name of an operator; may be repeated",
		Errors:  []*errs.Error{users.ErrAccountNotFound, users.ErrLastAdmin, users.ErrAuthUnavailable},
	}, h.erase)
	web.Handle(api, web.Operation{
		ID: "changePassword", Method: http.MethodPut, Path: "/internal/v1/accounts/{id}/password-change",
		Summary: "Commit a change of the password that auth holds ready; repeating it changes nothing",
		Errors:  []*errs.Error{users.ErrAccountNotFound, users.ErrPasswordChanged},
	}, h.changePassword)
	web.Handle(api, web.Operation{
		ID: "verifyEmail", Method: http.MethodPut, Path: "/internal/v1/accounts/{id}/email-verification",
		Summary: "Note that mail reaches whoever has the account; repeating it changes nothing",
		Errors:  []*errs.Error{users.ErrAccountNotFound, users.ErrEmailChanged},
	}, h.verifyEmail)
	web.Handle(api, web.Operation{
		ID: "countAdmins", Method: http.MethodGet, Path: "/internal/v1/admins",
		Summary: "Count the active admins",
	}, h.admins)
	web.Handle(api, web.Operation{
		ID: "listRevocations", Method: http.MethodGet, Path: "/internal/v1/revocations",
		Summary: "List the accounts whose rights changed within the last 15 minutes",
	}, h.revocations)
	httplog.Mount(api.App(), log)
}

// Rights is what a [token.Verifier] in this very process follows.
type Rights struct {
	commitlog.Source
	Service *users.Service
}

var _ token.Rights = Rights{}

// Revocations implements [token.Rights].
func (r Rights) Revocations(ctx context.Context) (token.Snapshot, error) {
	now, err := r.Service.Revocations(ctx)
	if err != nil {
		return token.Snapshot{}, err
	}
	items := make([]token.Revision, 0, len(now.Items))
	for _, item := range now.Items {
		items = append(items, token.Revision{ID: string(item.ID), Version: item.AuthzVersion})
	}
	return token.Snapshot{Epoch: now.Epoch, Seq: now.Seq, Items: items}, nil
}

type handler struct {
	svc    *users.Service
	rights Rights
}

func (h *handler) lookup(c *fiber.Ctx, in lookupInput) (account, error) {
	a, err := h.svc.Lookup(c.UserContext(), in.Body.Username)
	return accountOf(a), err
}

func (h *handler) lookupEmail(c *fiber.Ctx, in emailInput) (account, error) {
	a, err := h.svc.LookupEmail(c.UserContext(), in.Body.Email)
	return accountOf(a), err
}

func (h *handler) availability(c *fiber.Ctx, in availabilityInput) (availability, error) {
	taken, err := h.svc.Availability(c.UserContext(), in.Body.Email, in.Body.Username)
	return availability{EmailTaken: taken.Email, UsernameTaken: taken.Username}, err
}

func (h *handler) known(c *fiber.Ctx, in knownInput) (known, error) {
	ids := make([]users.AccountID, len(in.Body.IDs))
	for i, id := range in.Body.IDs {
		ids[i] = users.AccountID(id)
	}
	found, err := h.svc.Known(c.UserContext(), ids)
	out := known{IDs: make([]web.ID, len(found))}
	for i, id := range found {
		out.IDs[i] = web.ID(id)
	}
	return out, err
}

func (h *handler) create(c *fiber.Ctx, in createInput) (account, error) {
	a, isNew, err := h.svc.Register(c.UserContext(), users.Registration{
		ID: users.AccountID(in.ID), Email: in.Body.Email, Username: in.Body.Username, Role: in.Body.Role,
		EmailVerified: in.Body.EmailVerified.Value, RequestID: web.RequestID(c.UserContext()),
	})
	if err == nil && !isNew {
		c.Status(http.StatusOK)
	}
	return accountOf(a), err
}

func (h *handler) read(c *fiber.Ctx, in accountInput) (account, error) {
	a, err := h.svc.Record(c.UserContext(), users.AccountID(in.ID))
	return accountOf(a), err
}

func (h *handler) erase(c *fiber.Ctx, in accountInput) (web.Empty, error) {
	return web.Empty{}, h.svc.Erase(c.UserContext(), by(c, ""), users.AccountID(in.ID))
}

func (h *handler) changePassword(c *fiber.Ctx, in passwordChangeInput) (account, error) {
	a, err := h.svc.ChangePassword(c.UserContext(), by(c, in.Body.Actor.Value), users.AccountID(in.ID), users.PasswordChange{
		ID: users.ChangeID(in.Body.Change), Previous: users.ChangeID(in.Body.Previous.Value),
	})
	return accountOf(a), err
}

func (h *handler) verifyEmail(c *fiber.Ctx, in verificationInput) (account, error) {
	a, err := h.svc.VerifyEmail(c.UserContext(), by(c, in.ID), users.AccountID(in.ID), in.Body.Email)
	return accountOf(a), err
}

// by is whoever another service acts for: an operator if it is no account.
func by(c *fiber.Ctx, actor web.ID) users.Caller {
	return users.Caller{ID: users.AccountID(actor), Operator: actor == "", RequestID: web.RequestID(c.UserContext())}
}

func (h *handler) admins(c *fiber.Ctx, _ web.Empty) (admins, error) {
	n, err := h.svc.ActiveAdmins(c.UserContext())
	return admins{Active: n}, err
}

func (h *handler) revocations(c *fiber.Ctx, _ web.Empty) (token.Snapshot, error) {
	return h.rights.Revocations(c.UserContext())
}
