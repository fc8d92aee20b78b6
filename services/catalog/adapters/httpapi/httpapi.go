// Package httpapi is the catalog over HTTP.
package httpapi

import (
	"math"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
	"stockroom/pkg/web"
	"stockroom/services/catalog"
)

const path = "/api/v1/products"

// Position says how far the caches of this process have come.
type Position interface {
	Applied() commitlog.Head
}

// Mount adds the operations of the catalog to api. Reads go through cache,
// which is current as of position.
func Mount(api *web.API, svc *catalog.Service, cache *coherent.Cache, position Position) {
	h := &handler{svc, cache, position}

	web.Handle(api, read(opList, path, "List products"), h.list)
	web.Handle(api, read(opSearch, path+"/search", "Search products"), h.search)
	web.Handle(api, read(opGet, path+"/{id}", "Read a product", catalog.ErrProductNotFound), h.get)

	web.Handle(api, write(opCreate, http.MethodPost, path, "Add a product", http.StatusCreated, catalog.ErrSKUTaken), h.create)
	web.Handle(api, write(opUpdate, http.MethodPut, path+"/{id}", "Change the members of a product that are sent", http.StatusOK,
		catalog.ErrProductNotFound, catalog.ErrSKUTaken, catalog.ErrVersionConflict), h.update)
	web.Handle(api, write(opDelete, http.MethodDelete, path+"/{id}", "Take a product away", http.StatusNoContent,
		catalog.ErrProductNotFound, catalog.ErrVersionConflict), h.delete)
}

func read(id, path, summary string, failures ...*errs.Error) web.Operation {
	return web.Operation{
		ID: id, Method: http.MethodGet, Path: path, Summary: summary, Tag: "products", Access: access[id], Errors: failures,
		Also: map[int]string{http.StatusNotModified: "What If-None-Match names is still current."},
		Headers: map[string]string{
			fiber.HeaderETag:         "Changes when the answer does.",
			fiber.HeaderCacheControl: "no-cache: may be kept, and is asked for again before it is used.",
			headerCacheStatus:        "Where the answer came from (RFC 9211). With detail=\"stale-if-error\" it could not be proved right, as the database is away, and -ttl says how many seconds ago it was.",
			headerAsOf:               "Only with an answer that could not be proved right: the place in the order of all writes as of which it is.",
		},
	}
}

func write(id, method, path, summary string, status int, failures ...*errs.Error) web.Operation {
	headers := map[string]string{headerSeq: "Place of the write in the order of all; reads that echo it as Catalog-Min-Seq see it."}
	if method != http.MethodDelete {
		headers[fiber.HeaderETag] = "Version of the product."
	}
	if method == http.MethodPost {
		headers[fiber.HeaderLocation] = "Where the product is."
	}
	return web.Operation{
		ID: id, Method: method, Path: path, Summary: summary, Tag: "products", Access: access[id],
		Status: status, Errors: failures, Headers: headers,
	}
}

type handler struct {
	svc      *catalog.Service
	cache    *coherent.Cache
	position Position
}

func (h *handler) get(c *fiber.Ctx, in getInput) (none web.Raw[product], err error) {
	entry, err := h.read(c, in.MinSeq, coherent.Item(string(in.ID)), loadProduct(h.svc, catalog.ProductID(in.ID)))
	if err != nil {
		return none, err
	}
	if entry.Absent {
		return none, catalog.ErrProductNotFound
	}
	return web.Raw[product]{JSON: unlessKnown(c, entry.Body, web.ETag(entry.Version), in.IfNoneMatch)}, nil
}

func (h *handler) list(c *fiber.Ctx, in listInput) (web.Raw[productPage], error) {
	return h.page(c, in.query(), in.reading)
}

func (h *handler) search(c *fiber.Ctx, in searchInput) (web.Raw[productPage], error) {
	return h.page(c, in.query(), in.reading)
}

// page answers a page of products.
func (h *handler) page(c *fiber.Ctx, q catalog.Query, in reading) (none web.Raw[productPage], err error) {
	if known, err := h.unchanged(c, in); known || err != nil {
		return none, err
	}
	entry, err := h.read(c, in.MinSeq, coherent.List(q.Canonical()), loadPage(h.svc, q))
	if err != nil {
		return none, err
	}
	tag := listETag(catalog.Commit{Epoch: entry.Version, Seq: entry.AsOf})
	return web.Raw[productPage]{JSON: unlessKnown(c, entry.Body, tag, in.IfNoneMatch)}, nil
}

// unchanged answers 304 if no list has changed since one of the tags that the
// client has: no list is loaded for that, not even from a cache.
func (h *handler) unchanged(c *fiber.Ctx, in reading) (bool, error) {
	if in.IfNoneMatch == "" {
		return false, nil
	}
	least, err := h.least(in.MinSeq)
	if err != nil {
		return false, err
	}
	for _, tag := range web.EntityTags(in.IfNoneMatch) {
		at, ok := parseListETag(tag)
		if ok && h.cache.ListsUnchanged(c.UserContext(), commitlog.Head(at), least) {
			c.Set(headerCacheStatus, "catalog-l1; hit")
			unlessKnown(c, nil, tag, tag)
			return true, nil
		}
	}
	return false, nil
}

// read reads through the cache and says where the entry came from.
func (h *handler) read(c *fiber.Ctx, minSeq string, key coherent.Key, load coherent.Load) (coherent.Entry, error) {
	least, err := h.least(minSeq)
	if err != nil {
		return coherent.Entry{}, err
	}
	answer, err := h.cache.Get(c.UserContext(), key, least, load)
	if err != nil {
		return coherent.Entry{}, err
	}
	c.Set(headerCacheStatus, cacheStatus(answer))
	if answer.Stale != nil {
		c.Set(headerAsOf, formatSeq(catalog.Commit(answer.Stale.AsOf)))
	}
	return answer.Entry, nil
}

// least returns the sequence number that an answer must be at least as new as.
// One from an earlier epoch says nothing about this one. One from a later epoch
// says that this one is over, which this process has yet to hear: then only the
// database knows enough.
func (h *handler) least(minSeq string) (int64, error) {
	if minSeq == "" {
		return 0, nil
	}
	commit, err := parseSeq(minSeq)
	if err != nil {
		return 0, err
	}
	switch epoch := h.position.Applied().Epoch; {
	case commit.Epoch < epoch:
		return 0, nil
	case commit.Epoch > epoch:
		return math.MaxInt64, nil
	}
	return commit.Seq, nil
}

func cacheStatus(a coherent.Answer) string {
	if a.Origin == coherent.FromDB {
		return "catalog; fwd=miss"
	}
	status := "catalog-" + string(a.Origin) + "; hit"
	if a.Stale != nil {
		ago := int64(math.Ceil(a.Stale.Age.Seconds()))
		status += "; ttl=-" + strconv.FormatInt(ago, 10) + `; detail="stale-if-error"`
	}
	return status
}

// unlessKnown sets the headers of a read and returns its body, or none with 304
// if the client has it.
func unlessKnown(c *fiber.Ctx, body []byte, tag, ifNoneMatch string) []byte {
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if web.AnyTagMatches(ifNoneMatch, tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	return body
}
