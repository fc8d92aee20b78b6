package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/web"
)

func TestClientAddressIsWhatTheGatewaySays(t *testing.T) {
	t.Parallel()

	api, _ := newAPI(t)
	api.App().Get("/address", func(c *fiber.Ctx) error { return c.SendString(web.ClientAddress(c).String()) })
	const peer = "0.0.0.0" // of requests that come over no wire
	for name, tt := range map[string]struct {
		said []string
		want string
	}{
		"IPv4":    {[]string{"203.0.113.7"}, "203.0.113.7"},
		"IPv6":    {[]string{"2001:db8::7"}, "2001:db8::7"},
		"Mapped":  {[]string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		"Nothing": {nil, peer},
		"Garbage": {[]string{"203.0.113"}, peer},
		"List":    {[]string{"203.0.113.7, 203.0.113.8"}, peer},
		"Twice":   {[]string{"203.0.113.7", "203.0.113.8"}, peer},
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/address", http.NoBody)
		req.Header["X-Forwarded-For"] = tt.said
		require.Equal(t, tt.want, send(t, api, req).body, name)
	}
}
