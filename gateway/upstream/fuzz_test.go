package upstream_test

import (
	"log/slog"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/upstream"
)

// Replicas that are taken can be connected to at both doors.
func FuzzURLs(f *testing.F) {
	for _, urls := range [][2]string{
		{"http://users:8002", ""}, {"http://127.0.0.1:8002", "http://127.0.0.1:9002"}, {"http://[::1]:8002/", "http://[::1]:1"},
		{"http://users", ""}, {"http://users:64536", ""}, {"http://users:0", ""}, {"http://users:99999", "http://users:1"},
		{"https://users:8002", ""}, {"http://a:b@users:8002", ""}, {"http://users:8002/x?y", ""}, {"//users:8002", ""}, {"http://:8002", ""},
	} {
		f.Add(urls[0], urls[1])
	}
	f.Fuzz(func(t *testing.T, public, internal string) {
		cfg := upstream.Config{Name: "users", URLs: []string{public}, Log: slog.New(slog.DiscardHandler)}
		if internal != "" {
			cfg.InternalURLs = []string{internal}
		}
		if _, err := upstream.New(cfg); err != nil {
			return
		}
		for _, raw := range append(cfg.InternalURLs, public) {
			u, err := url.Parse(raw)
			require.NoError(t, err)
			require.Equal(t, "http", u.Scheme)
			require.NotEmpty(t, u.Hostname())
			require.Nil(t, u.User)
			port, err := strconv.Atoi(u.Port())
			require.True(t, u.Port() == "" || err == nil && port > 0 && port < 1<<16, raw)
			require.True(t, internal != "" || port < 1<<16-1000, "%s has no door next to it", raw)
		}
	})
}
