// Package httppeek lets an auditor ask for what a cache holds, over the internal
// HTTP of the service that has it.
package httppeek

import (
	"encoding/json"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/coherent"
	"stockroom/pkg/errs"
)

const (
	peekPath = "/internal/v1/cache/peek"
	hitsPath = "/internal/v1/cache/hits"

	maxHits = 100 // in one answer
)

// look is the question for a key. It comes in a body, as keys may be longer than
// an address, and may hold what somebody has searched for.
type look struct {
	Key string `json:"key"`
}

// hits are keys as texts.
type hits struct {
	Keys []string `json:"keys"`
}

// Mount serves c on r: POST /internal/v1/cache/peek says what it holds for a key,
// and GET /internal/v1/cache/hits?limit= for which keys it has answered lately.
// Both change nothing but that a hit is told once. Who may ask is for r to see to.
func Mount(r fiber.Router, c *coherent.Cache) {
	r.Post(peekPath, func(ctx *fiber.Ctx) error {
		var asked look
		err := json.Unmarshal(ctx.Request().Body(), &asked)
		key, ok := coherent.ParseKey(asked.Key)
		if err != nil || !ok {
			return errs.Validation(errs.Field{Pointer: "/key", Code: "invalid", Detail: "must begin with p: or q:"})
		}
		return ctx.JSON(c.Peek(ctx.UserContext(), key))
	})
	r.Get(hitsPath, func(ctx *fiber.Ctx) error {
		most, err := strconv.Atoi(ctx.Query("limit", "10"))
		if err != nil || most < 1 || most > maxHits {
			return errs.Validation(errs.Field{
				Parameter: "limit", Code: "invalid", Detail: "must be a number from 1 to " + strconv.Itoa(maxHits),
			})
		}
		answer := hits{Keys: []string{}}
		for _, key := range c.Hits(most) {
			answer.Keys = append(answer.Keys, key.String())
		}
		return ctx.JSON(answer)
	})
}
