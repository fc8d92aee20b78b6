// Package httpapi offers accounts to clients over HTTP.
package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/users"
)

const (
	accountsPath = "/api/v1/users"
	accountPath  = accountsPath + "/{id}"
	rolePath     = accountPath + "/role"

	// hashDeadline leaves time for the queue in front of the hashing of passwords.
	hashDeadline = 15 * time.Second
)

// Mount adds the operations on accounts to api.
func Mount(api *web.API, svc *users.Service) {
	h := &handler{svc}
	web.Handle(api, operation(web.Operation{
		ID: listAccounts, Method: http.MethodGet, Path: accountsPath,
		Summary: "List accounts", Description: "The newest first, by pages.",
	}), h.list)
	web.Handle(api, operation(web.Operation{
		ID: getAccount, Method: http.MethodGet, Path: accountPath,
		Summary: "Read an account", Errors: []*errs.Error{users.ErrAccountNotFound},
	}), h.get)
	web.Handle(api, operation(web.Operation{
		ID: editAccount, Method: http.MethodPut, Path: accountPath, Deadline: hashDeadline,
		Summary:     "Change an account",
		Description: "Changes the members that are sent and no others. Whoever changes their own password gives the current one, or has signed in within the last 15 minutes. A new password ends all other sessions of the account.",
		Errors: []*errs.Error{
			users.ErrReauthentication, users.ErrAccountNotFound, users.ErrEmailTaken, users.ErrUsernameTaken, users.ErrAuthUnavailable,
		},
	}), h.edit)
	web.Handle(api, operation(web.Operation{
		ID: deleteAccount, Method: http.MethodDelete, Path: accountPath, Status: http.StatusNoContent,
		Summary: "Delete an account", Description: "Its email and username are free again.",
		Errors: []*errs.Error{users.ErrAccountNotFound, users.ErrLastAdmin},
	}), h.remove)
	web.Handle(api, operation(web.Operation{
		ID: assignRole, Method: http.MethodPut, Path: rolePath,
		Summary:     "Give an account a role",
		Description: "The role is in the query or in the body. If it is in both, it is the same.",
		Errors:      []*errs.Error{users.ErrAccountNotFound, users.ErrLastAdmin},
	}), h.assign)
}

// operation adds what all operations have in common, and who may call op.
func operation(op web.Operation) web.Operation {
	op.Tag = "users"
	op.Access = accessTo(op.ID)
	return op
}

type handler struct{ svc *users.Service }

func (h *handler) list(c *fiber.Ctx, in listInput) (accountPage, error) {
	f := users.Filter{Page: in.Page, Size: in.PageSize}
	p, err := h.svc.Accounts(c.UserContext(), f)
	if err != nil {
		return accountPage{}, err
	}
	return pageOf(p, f), nil
}

func (h *handler) get(c *fiber.Ctx, in accountInput) (account, error) {
	a, err := h.svc.Account(c.UserContext(), users.AccountID(in.ID))
	return accountOf(a), err
}

func (h *handler) edit(c *fiber.Ctx, in editInput) (account, error) {
	ctx := c.UserContext()
	a, err := h.svc.Edit(ctx, callerOf(ctx), users.AccountID(in.ID), in.Body.edit())
	return accountOf(a), err
}

func (h *handler) remove(c *fiber.Ctx, in accountInput) (web.Empty, error) {
	ctx := c.UserContext()
	return web.Empty{}, h.svc.Delete(ctx, callerOf(ctx), users.AccountID(in.ID))
}

func (h *handler) assign(c *fiber.Ctx, in roleInput) (account, error) {
	role, err := users.ParseRole(in.role())
	if err != nil {
		return account{}, err
	}
	ctx := c.UserContext()
	a, err := h.svc.Assign(ctx, callerOf(ctx), users.AccountID(in.ID), role)
	return accountOf(a), err
}

// callerOf returns who was admitted to the operation.
func callerOf(ctx context.Context) users.Caller {
	c, _ := token.CallerOf(ctx) // there is one: no operation is open to anyone
	return users.Caller{
		ID: users.AccountID(c.Account), Session: c.Session, SignedInAt: c.SignedInAt,
		RequestID: web.RequestID(ctx),
	}
}
