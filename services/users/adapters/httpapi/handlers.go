package httpapi

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/users"
)

type handler struct{ svc *users.Service }

func (h *handler) list(c *fiber.Ctx, in listInput) (accountPage, error) {
	f := in.filter()
	p, err := h.svc.Accounts(c.UserContext(), f)
	if err != nil {
		return accountPage{}, err
	}
	return pageOf(p, f), nil
}

func (h *handler) me(c *fiber.Ctx, in reading) (web.Raw[account], error) {
	a, err := h.svc.Me(c.UserContext(), callerOf(c.UserContext(), ""))
	return in.show(c, a, err)
}

func (h *handler) get(c *fiber.Ctx, in readInput) (web.Raw[account], error) {
	a, err := h.svc.Account(c.UserContext(), users.AccountID(in.ID))
	return in.show(c, a, err)
}

// show answers an account, or 304 if the client has it.
func (r reading) show(c *fiber.Ctx, a users.Account, err error) (none web.Raw[account], _ error) {
	if err != nil {
		return none, err
	}
	tag := web.ETag(a.Version())
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	if web.AnyTagMatches(r.IfNoneMatch, tag) {
		c.Status(http.StatusNotModified)
		return none, nil
	}
	return web.RawOf(accountOf(a))
}

func (h *handler) edit(c *fiber.Ctx, in editInput) (account, error) {
	ctx := c.UserContext()
	return changed(c)(h.svc.Edit(ctx, in.by(ctx), in.account(), in.Body.edit()))
}

func (h *handler) assign(c *fiber.Ctx, in roleInput) (account, error) {
	role, err := users.ParseRole(in.role())
	if err != nil {
		return account{}, err
	}
	ctx := c.UserContext()
	return changed(c)(h.svc.Assign(ctx, in.by(ctx), in.account(), role))
}

// with returns the handler that does what needs to know nothing but the account.
func (h *handler) with(do func(context.Context, users.Caller, users.AccountID) (users.Account, error)) func(*fiber.Ctx, changing) (account, error) {
	return func(c *fiber.Ctx, in changing) (account, error) {
		ctx := c.UserContext()
		return changed(c)(do(ctx, in.by(ctx), in.account()))
	}
}

func (h *handler) remove(c *fiber.Ctx, in changing) (web.Empty, error) {
	ctx := c.UserContext()
	return web.Empty{}, h.svc.Delete(ctx, in.by(ctx), in.account())
}

func (h *handler) erase(c *fiber.Ctx, in accountInput) (web.Empty, error) {
	ctx := c.UserContext()
	return web.Empty{}, h.svc.Erase(ctx, callerOf(ctx, ""), users.AccountID(in.ID))
}

// changed answers an account that was just changed.
func changed(c *fiber.Ctx) func(users.Account, error) (account, error) {
	return func(a users.Account, err error) (account, error) {
		if err != nil {
			return account{}, err
		}
		c.Set(fiber.HeaderETag, web.ETag(a.Version()))
		return accountOf(a), nil
	}
}

func (in changing) account() users.AccountID { return users.AccountID(in.ID) }

func (in changing) by(ctx context.Context) users.Caller { return callerOf(ctx, in.IfMatch) }

// callerOf returns who was admitted to the operation, and which versions of the
// account they expect.
func callerOf(ctx context.Context, ifMatch string) users.Caller {
	c, _ := token.CallerOf(ctx) // there is one: no operation is open to anyone
	return users.Caller{
		ID: users.AccountID(c.Account), Session: c.Session, SignedInAt: c.SignedInAt,
		RequestID: web.RequestID(ctx), Expects: web.ExpectedVersions(ifMatch),
	}
}
