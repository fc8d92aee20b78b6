package httpapi

import (
	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/catalog"
)

func (h *handler) create(c *fiber.Ctx, in createInput) (none web.Raw[product], err error) {
	p, commit, err := h.svc.Create(c.UserContext(), in.Body.draft(), caller(c))
	if err != nil {
		return none, err
	}
	c.Set(fiber.HeaderLocation, path+"/"+string(p.ID))
	return written(c, p, commit), nil
}

func (h *handler) update(c *fiber.Ctx, in updateInput) (none web.Raw[product], err error) {
	p, commit, err := h.svc.Update(c.UserContext(), catalog.ProductID(in.ID), in.Body.changes(), web.ExpectedVersions(in.IfMatch), caller(c))
	if err != nil {
		return none, err
	}
	return written(c, p, commit), nil
}

func (h *handler) delete(c *fiber.Ctx, in deleteInput) (web.Empty, error) {
	commit, err := h.svc.Delete(c.UserContext(), catalog.ProductID(in.ID), web.ExpectedVersions(in.IfMatch), caller(c))
	if err != nil {
		return web.Empty{}, err
	}
	c.Set(headerSeq, formatSeq(commit))
	return web.Empty{}, nil
}

// written answers a product that was just written.
func written(c *fiber.Ctx, p catalog.Product, commit catalog.Commit) web.Raw[product] {
	c.Set(headerSeq, formatSeq(commit))
	c.Set(fiber.HeaderETag, web.ETag(p.Version))
	return web.Raw[product]{JSON: encode(p)}
}

func caller(c *fiber.Ctx) catalog.AccountID {
	who, _ := token.CallerOf(c.UserContext())
	return catalog.AccountID(who.Account)
}
