package gatewayd_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/gateway/upstream/hostiletest"
)

// A service that is hostile costs a client one answer of the gateway's own, and
// nothing else.
func TestHostileService(t *testing.T) {
	t.Parallel()

	service := hostiletest.New(t, map[string]string{"/openapi.json": strings.ReplaceAll(document, "%s", "catalog"), "/api/v1/products": "{}"})
	s := newSystemWith(t, func(cfg *gatewayd.Config) { cfg.CatalogURLs = []string{"http://" + service.Addr} })
	t.Cleanup(func() { require.Zero(t, service.Reused(), "no connection is used again") })
	for name, answer := range hostiletest.Answers {
		if answer.Slow {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			res, body := s.call(t, http.MethodGet, "/api/v1/products?answer="+name, "", nil)
			require.NotContains(t, body, "evil")
			for header, values := range res.Header {
				require.NotContains(t, header+strings.Join(values, ""), "evil")
			}
			switch {
			case answer.Good:
				require.Less(t, res.StatusCode, http.StatusBadRequest, body)
			case answer.Large && res.StatusCode == http.StatusGatewayTimeout:
				require.Equal(t, "upstream_timeout", problem(t, res, body).Code)
			case answer.Large && res.StatusCode == http.StatusServiceUnavailable: // there are others, and no room for all
				require.Equal(t, "overloaded", problem(t, res, body).Code)
			default:
				require.Equal(t, "bad_gateway", problem(t, res, body).Code)
				require.Equal(t, http.StatusBadGateway, res.StatusCode)
			}
			res, body = s.call(t, http.MethodGet, "/api/v1/products", "", nil)
			require.Equal(t, http.StatusOK, res.StatusCode)
			require.Equal(t, "{}", body)
		})
	}
	t.Run("Slow", func(t *testing.T) {
		t.Parallel()
		slowAnswers(t, s)
	})
}

// slowAnswers asks for all of them at once: each takes as long as the gateway
// waits for a service.
func slowAnswers(t *testing.T, s *system) {
	t.Helper()

	var asking sync.WaitGroup
	for name, answer := range hostiletest.Answers {
		if answer.Slow {
			asking.Go(func() {
				assert.Equal(t, http.StatusGatewayTimeout, s.try(http.MethodGet, "/api/v1/products?answer="+name, ""), name)
			})
		}
	}
	asking.Wait()
}
