package canary_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/canary"
	"stockroom/e2e/stack"
)

// mixUpsAreFound has somebody between the clients and the gateway spoil one
// answer in a hundred.
func mixUpsAreFound(t *testing.T, s *stack.System) {
	t.Helper()

	marker := regexp.MustCompile(`canary[a-z2-7]{16}`)
	for name, tt := range map[string]struct {
		spoil func(answer, before []byte) []byte
		found string
	}{
		"NothingMixedUp":  {func(answer, _ []byte) []byte { return answer }, ""},
		"AnswerOfAnother": {func(_, before []byte) []byte { return before }, "answer to"},
		"NameOfAnother": {func(answer, before []byte) []byte {
			if other := marker.Find(before); other != nil {
				return marker.ReplaceAll(answer, other)
			}
			return answer
		}, "answer to"},
		"AnswerTwice":     {func(answer, _ []byte) []byte { return append(bytes.Clone(answer), answer...) }, "answer"},
		"AnswerCutShort":  {func(answer, _ []byte) []byte { return answer[:len(answer)-1] }, "no whole answer to"},
		"AnswerForgotten": {func([]byte, []byte) []byte { return nil }, "no whole answer to"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			at, err := url.Parse(s.URL)
			require.NoError(t, err)
			m := &meddler{gateway: at.Host, spoil: tt.spoil}
			o := options(s, 2_000)
			o.People = 4
			_, err = canary.Run(t.Context(), "http://"+m.listen(t), o)
			if tt.found == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.found)
		})
	}
}

// meddler stands between clients and a gateway and spoils an answer now and then.
type meddler struct {
	gateway string
	spoil   func(answer, before []byte) []byte

	mu     sync.Mutex
	number int
	before []byte // the answer before, on whichever connection
}

func (m *meddler) listen(t *testing.T) (addr string) {
	t.Helper()

	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { m.carry(c.(*net.TCPConn)) })
		}
	})
	t.Cleanup(func() {
		require.NoError(t, ln.Close())
		serving.Wait()
	})
	return ln.Addr().String()
}

// carry connects client to the gateway until the gateway hangs up, or an answer
// was cut short.
func (m *meddler) carry(client *net.TCPConn) {
	defer client.Close()                 //nolint:errcheck // nothing depends on a clean goodbye
	c, err := net.Dial("tcp", m.gateway) //nolint:noctx // it is there
	if err != nil {
		return
	}
	gateway := c.(*net.TCPConn)
	defer gateway.Close() //nolint:errcheck // nothing depends on a clean goodbye
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(gateway, client) // to whichever end
		_ = gateway.CloseWrite()
	})
	defer up.Wait()
	defer client.Close() //nolint:errcheck // so that up ends
	buf := make([]byte, 64<<10)
	for {
		n, err := gateway.Read(buf)
		given := m.meddle(bytes.Clone(buf[:n]))
		if _, failed := client.Write(given); err != nil || failed != nil || len(given) < n {
			return
		}
	}
}

// meddle returns what the client gets to see.
func (m *meddler) meddle(answer []byte) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	const seldom = 100
	m.number++
	given := answer
	if m.number%seldom == 0 && len(answer) > 0 {
		given = m.spoil(answer, m.before)
	}
	if len(answer) > 0 {
		m.before = answer
	}
	return given
}
