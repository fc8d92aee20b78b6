package web

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// HeaderTimeout is for how long whoever sent a request waits for its answer, in
// milliseconds: 9985ms. Work that takes longer is done for nobody.
const HeaderTimeout = "X-Request-Timeout"

// AppendTimeout appends d as a value of [HeaderTimeout] to b. One that has
// passed is 0ms.
func AppendTimeout(b []byte, d time.Duration) []byte {
	return append(strconv.AppendInt(b, max(d, 0).Milliseconds(), 10), "ms"...)
}

// within returns ctx with a deadline in d, or sooner if the sender of the
// request does not wait so long. What the header says wrongly it does not say.
func within(ctx context.Context, c *fiber.Ctx, d time.Duration) (context.Context, context.CancelFunc) {
	if value, ok := strings.CutSuffix(c.Get(HeaderTimeout), "ms"); ok {
		if ms, err := strconv.ParseUint(value, 10, 31); err == nil {
			d = min(d, time.Duration(ms)*time.Millisecond)
		}
	}
	return context.WithTimeout(ctx, d)
}
