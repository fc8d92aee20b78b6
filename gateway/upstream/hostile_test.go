package upstream_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/admission"
	"stockroom/gateway/upstream"
	"stockroom/gateway/upstream/hostiletest"
)

// A service that answers nonsense costs a bounded failure, and its connection.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()

	for name, answer := range hostiletest.Answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			service := hostiletest.New(t, nil)
			at := []string{"http://" + service.Addr}
			p, err := upstream.New(upstream.Config{Name: "test", URLs: at, InternalURLs: at, Log: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			start(t, p)
			ask := func(query string, within time.Duration) (string, error) {
				q := upstream.Request{Head: []byte("POST /" + query + " HTTP/1.1\r\nHost: test\r\n")}
				var a upstream.Answer
				err := p.Do(&q, &a, admission.Read, time.Now().Add(within))
				got := string(a.Body)
				for _, f := range a.Fields {
					got += string(f.Name) + string(f.Value)
				}
				return got, err
			}

			within := soon
			if answer.Slow {
				within = 200 * time.Millisecond
			}
			for range 2 {
				got, err := ask("?answer="+name, within)
				switch {
				case answer.Good:
					require.NoError(t, err)
					require.NotContains(t, got, "evil")
				case answer.Slow:
					require.ErrorIs(t, err, upstream.ErrTimeout)
				case answer.Large && errors.Is(err, upstream.ErrTimeout):
				default:
					require.ErrorIs(t, err, upstream.ErrBroken, got)
				}
			}
			got, err := ask("", soon)
			require.NoError(t, err)
			require.NotContains(t, got, "evil")
			require.Zero(t, service.Reused(), "its connection is not used again")
		})
	}
}

func TestConfiguration(t *testing.T) {
	t.Parallel()

	for name, cfg := range map[string]upstream.Config{
		"Nothing":      {},
		"NoScheme":     {URLs: []string{"catalog:8003"}},
		"OtherScheme":  {URLs: []string{"ftp://catalog:8003"}},
		"WithPath":     {URLs: []string{"http://catalog:8003/api"}},
		"WithUser":     {URLs: []string{"http://u:p@catalog:8003"}},
		"WithoutHost":  {URLs: []string{"http://:8003"}},
		"OddInternals": {URLs: []string{"http://a:1", "http://b:1"}, InternalURLs: []string{"http://a:2"}},
		"OtherName":    {URLs: []string{"http://a:1"}, InternalURLs: []string{"http://b:2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cfg.Log = slog.New(slog.DiscardHandler)
			_, err := upstream.New(cfg)
			require.Error(t, err)
		})
	}
}
