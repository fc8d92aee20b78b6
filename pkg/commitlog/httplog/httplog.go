// Package httplog reads a commit log over the internal HTTP of the service that
// keeps it.
package httplog

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
)

const (
	headPath = "/internal/v1/head"
	logPath  = "/internal/v1/log"

	deadline  = 2 * time.Second // of the source: whoever asks has a lease of one
	maxEvents = 1000            // in one answer
	maxIDs    = 20_000          // in one answer, unless its first event has more
)

type head struct {
	Epoch int64 `json:"epoch"`
	Seq   int64 `json:"seq"`
}

type events struct {
	Events []commitlog.Event `json:"events"`
}

// Mount serves src on r: GET /internal/v1/head and GET /internal/v1/log?after=&limit=.
// Who may ask is for r to see to.
func Mount(r fiber.Router, src commitlog.Source) {
	r.Get(headPath, func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), deadline)
		defer cancel()
		h, err := src.Head(ctx)
		if err != nil {
			return unavailable(err)
		}
		return c.JSON(head(h))
	})
	r.Get(logPath, func(c *fiber.Ctx) error {
		after, err := number(c, "after", 0)
		if err != nil {
			return err
		}
		limit, err := number(c, "limit", maxEvents)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(c.UserContext(), deadline)
		defer cancel()
		found, err := src.Since(ctx, after, int(min(limit, maxEvents)))
		if err != nil {
			return unavailable(err)
		}
		return c.JSON(events{bound(found)})
	})
}

// unavailable is why the log cannot be read: whatever the reason is, whoever
// follows it comes back.
func unavailable(err error) error {
	return fmt.Errorf("%w (%w)", errs.ErrUnavailable.After(time.Second), err)
}

// number reads a query parameter that is not negative.
func number(c *fiber.Ctx, name string, otherwise int64) (int64, error) {
	text := c.Query(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, errs.Validation(errs.Field{Parameter: name, Code: "invalid", Detail: "must be a number, and not negative"})
	}
	return n, nil
}

// bound cuts an answer that names too much, after the first event at the
// earliest: whoever asks comes back for the rest.
func bound(found []commitlog.Event) []commitlog.Event {
	ids := 0
	for i, ev := range found {
		ids += len(ev.IDs)
		if i > 0 && ids > maxIDs {
			return found[:i]
		}
	}
	return found
}
