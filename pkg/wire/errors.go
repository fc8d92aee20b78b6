package wire

import (
	"errors"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/pkg/errs"
)

// The reasons for which a request is not taken in.
var (
	ErrMalformed       = errs.New(errs.Malformed, "malformed_request", "Malformed request")
	ErrTooSlow         = errs.New(errs.Malformed, "request_timeout", "Request took too long to arrive")
	ErrURITooLong      = errs.New(errs.TooLarge, "uri_too_long", "Request target too long")
	ErrHeadersTooLarge = errs.New(errs.TooLarge, "headers_too_large", "Headers too large")
	ErrBodyTooLarge    = errs.New(errs.TooLarge, "body_too_large", "Body too large")
	ErrOverloaded      = errs.New(errs.Unavailable, "overloaded", "Too many requests at once")
)

// Unreadable returns which of them it is when fasthttp fails with cause on a
// request that came over c. What cause says may repeat bytes of the request.
func Unreadable(c net.Conn, cause error) *errs.Error {
	var (
		timeout  net.Error
		tooSmall *fasthttp.ErrSmallBuffer
	)
	ours, _ := c.(*Conn)
	switch {
	case ours != nil && ours.crowded:
		return ErrOverloaded.After(time.Second)
	case errors.Is(cause, fasthttp.ErrBodyTooLarge):
		return ErrBodyTooLarge
	case errors.As(cause, &tooSmall):
		if ours != nil && ours.lineTooLong() {
			return ErrURITooLong
		}
		return ErrHeadersTooLarge
	case errors.As(cause, &timeout) && timeout.Timeout():
		return ErrTooSlow
	}
	return ErrMalformed
}

// lastWords is how long a client may take over the answer to what is no request.
// The library gives it no time of its own, only what is left from the answer before.
const lastWords = 5 * time.Second

// HangUp closes the connection of a request after its answer: where the next
// request would begin is anybody's guess.
func HangUp(ctx *fasthttp.RequestCtx) {
	ctx.SetConnectionClose()
	if c, ok := ctx.Conn().(*Conn); ok {
		c.lingers = true
		c.writing.wanted = time.Now().Add(lastWords)
	}
}
