package web

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
)

// Operation describes one operation of an [API].
type Operation struct {
	ID          string // operationId, unique in the API
	Method      string
	Path        string // with {name} for each path parameter
	Summary     string
	Description string
	Tag         string
	Access      Access
	Status      int               // of success; 200, or 204 if the answer is [Empty], if zero
	Also        map[int]string    // further statuses that the handler may set, and what they mean; a body goes only with those below 300 except 204
	Errors      []*errs.Error     // the failures of its own; those of the transport document themselves
	Deadline    time.Duration     // of the request's context; that of the API if zero
	MediaTypes  []string          // of the body; application/json if nil
	Headers     map[string]string // response headers of success, and what they mean
}

// Handle adds an operation to a. Its requests are checked in this order, before
// fn sees them: Content-Encoding, media type and URL; who calls and whether
// they may; JSON syntax; then everything else, all invalid fields in one answer.
//
// In is a struct, or [Empty]. Its fields are tagged path:"id", query:"page" or
// header:"If-Match"; a field called Body holds the members of the body, and if
// it is a pointer the body may be left out. default, required, minimum,
// maximum, enum, minLength, maxLength, pattern, doc and example tags are
// documented and enforced, on parameters and on members of the body alike. A
// member is required unless it is an [Optional] or tagged omitempty; null is
// refused unless it is tagged nullable:"true"; one tagged readOnly:"true" is
// accepted and ignored. If In or Body has a Validate() error method, what it
// reports as an [errs.ErrValidation] joins the answer, except about what could
// not be read in the first place.
//
// A type reads itself with UnmarshalJSON (in a body) or UnmarshalText. An
// [errs.Error] it fails with is shown: its fields, with their pointers taken
// relative to the member, or else its detail or title.
//
// Strings in In are copies and may be kept. The handler may set headers and
// another status on c. Out is answered as JSON; nil slices are [].
//
// Handle panics if the operation could never work as described.
func Handle[In, Out any](a *API, op Operation, fn func(c *fiber.Ctx, in In) (Out, error)) {
	answer := answerOf(reflect.TypeFor[Out]())
	op.Status = cmp.Or(op.Status, answer.status)
	if !a.internal && !op.Access.Open && a.cfg.Gate == nil {
		panic(fmt.Sprintf("web: %s is not open to anyone, and there is no gate", op.ID))
	}
	b := compile(a.doc.Components.Schemas, reflect.TypeFor[In](), op)
	a.register(op, func(c *fiber.Ctx) error {
		defer extend(c, op.Deadline)()
		var in In
		if err := a.receive(c, op, b, reflect.ValueOf(&in).Elem()); err != nil {
			return err
		}
		c.Status(op.Status)
		out, err := fn(c, in)
		if err != nil {
			return err
		}
		return answer.write(c, out)
	})
	a.describe(op, b, answer)
}

// receive checks the request and fills in with it.
func (a *API) receive(c *fiber.Ctx, op Operation, b *binder, in reflect.Value) error {
	req, err := b.open(c)
	if err != nil {
		return err
	}
	if err := a.admit(c, op, req.path); err != nil {
		return err
	}
	return b.bind(req, in)
}

func (a *API) admit(c *fiber.Ctx, op Operation, param func(string) string) error {
	if op.Access.Open || a.internal {
		return nil
	}
	changes := op.Method != fiber.MethodGet && op.Method != fiber.MethodHead
	ctx, err := a.cfg.Gate.Admit(c.UserContext(), authorization(c), op.Access, changes, param)
	if err != nil {
		return err
	}
	c.SetUserContext(ctx)
	return nil
}

// authorization returns copies of every Authorization header: what looks at
// only the first of several can be told something else than what looks at the
// last.
func authorization(c *fiber.Ctx) []string {
	var values []string
	for _, v := range c.Request().Header.PeekAll(fiber.HeaderAuthorization) {
		values = append(values, string(v))
	}
	return slices.Clip(values)
}

// extend replaces the deadline of the request's context, unless d is zero.
func extend(c *fiber.Ctx, d time.Duration) context.CancelFunc {
	if d == 0 {
		return func() {}
	}
	ctx, cancel := within(context.WithoutCancel(c.UserContext()), c, d)
	c.SetUserContext(ctx)
	return cancel
}
