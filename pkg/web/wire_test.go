package web_test

import (
	"sync"
	"testing"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/web"
	"stockroom/pkg/wire/wiretest"
)

// Both faces refuse what could be read in two ways, and run nothing for it.
func TestWire(t *testing.T) {
	t.Parallel()

	public, _ := newAPI(t)
	for name, api := range map[string]*web.API{"Public": public, "Internal": web.NewInternal(web.Config{}, token, nil)} {
		var (
			mu   sync.Mutex
			seen = map[string][]string{}
		)
		api.App().All("/things", func(c *fiber.Ctx) error {
			mu.Lock()
			defer mu.Unlock()
			id := web.RequestID(c.UserContext())
			seen[id] = append(seen[id], string(c.Request().Body()))
			return c.SendString("done")
		})
		addr, _, _ := serve(t, api, patience)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wiretest.Run(t, wiretest.Door{Addr: addr, Get: "/things", Post: "/things", Arrived: func(id string) []string {
				mu.Lock()
				defer mu.Unlock()
				return seen[id]
			}})
		})
	}
}
