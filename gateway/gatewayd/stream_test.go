package gatewayd_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
)

const (
	imports = "/api/v1/products/import"
	exports = "/api/v1/products/export"
	changes = "/api/v1/products/changes"
)

// newStreams starts a gateway with routes that stream to a service that answers
// like this.
func newStreams(t *testing.T, answer http.HandlerFunc) *system {
	t.Helper()

	s := &system{instead: answer, configure: func(cfg *gatewayd.Config) {
		cfg.AddRoute(http.MethodPost, imports, gatewayd.Upload)
		cfg.AddRoute(http.MethodGet, exports, gatewayd.Download)
		cfg.AddRoute(http.MethodGet, changes, gatewayd.Feed)
	}}
	s.begin(t)
	return s
}

// request opens a connection of its own for one request.
func (s *system) request(t *testing.T, method, target string, body io.Reader) *http.Response {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), method, s.url+target, body)
	require.NoError(t, err)
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(req)
	require.NoError(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

const (
	large = 200 << 20
	// kept is what the system itself may keep of two connections, and no more.
	kept = 100 << 20
)

// standing waits until n has stopped growing, and returns it.
func standing(t *testing.T, n *atomic.Int64) int64 {
	t.Helper()

	last, since := int64(-1), time.Now()
	require.Eventually(t, func() bool {
		if now := n.Load(); now != last || now == 0 {
			last, since = now, time.Now()
		}
		return time.Since(since) > 300*time.Millisecond
	}, soon, 10*time.Millisecond)
	return last
}

// zeros counts what is read of it.
type zeros struct {
	left int64
	read *atomic.Int64
}

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	z.read.Add(n)
	return int(n), nil
}

func TestDownloadIsPassedOnAsItComes(t *testing.T) {
	t.Parallel()

	for name, length := range map[string]string{"Length": fmt.Sprint(large), "Chunked": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var written atomic.Int64
			s := newStreams(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == exports {
					w.Header().Set("Content-Length", length)
					_, _ = io.Copy(w, &zeros{large, &written})
				}
			})
			res := s.request(t, http.MethodGet, exports, http.NoBody)
			require.Equal(t, http.StatusOK, res.StatusCode)
			require.Less(t, standing(t, &written), int64(kept), "who does not read holds the service back")
			n, err := io.Copy(io.Discard, res.Body)
			require.NoError(t, err)
			require.EqualValues(t, large, n)
		})
	}
}

func TestUploadIsPassedOnAsItComes(t *testing.T) {
	t.Parallel()

	for name, length := range map[string]int64{"Length": large, "Chunked": -1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			begin := make(chan struct{})
			s := newStreams(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == imports {
					<-begin
					n, err := io.Copy(io.Discard, r.Body)
					_, _ = fmt.Fprint(w, n, err, r.ContentLength)
				}
			})
			var sent atomic.Int64
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+imports, &zeros{large, &sent})
			require.NoError(t, err)
			req.ContentLength = length
			answers := make(chan string, 1)
			go func() {
				res, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					answers <- err.Error()
					return
				}
				defer res.Body.Close() //nolint:errcheck // it was only read
				body, _ := io.ReadAll(res.Body)
				answers <- string(body)
			}()
			require.Less(t, standing(t, &sent), int64(kept), "a service that does not read holds the client back")
			close(begin)
			require.Equal(t, fmt.Sprint(large, nil, length), <-answers)
		})
	}
}

func TestUploadThatIsRefusedHalfWay(t *testing.T) {
	t.Parallel()

	s := newStreams(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == imports {
			_, _ = io.CopyN(io.Discard, r.Body, 1<<20)
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = io.WriteString(w, "enough")
		}
	})
	c := s.connect(t)
	_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", imports, large, strings.Repeat("x", 1<<20))
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
	require.Equal(t, "enough", string(body))
	require.True(t, res.Close, "the rest of the body is no request")
}

func TestUploadThatIsBrokenOff(t *testing.T) {
	t.Parallel()

	failed := make(chan error, 2)
	s := newStreams(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == imports {
			_, err := io.Copy(io.Discard, r.Body)
			failed <- err
		}
	})
	for name, body := range map[string]string{
		"Length":  "Content-Length: 10\r\n\r\nx",
		"Chunked": "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
		"Framing": "Transfer-Encoding: chunked\r\n\r\n5\r\nabcdeXX0\r\n\r\n",
	} {
		c := s.connect(t)
		_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: a\r\n%s", imports, body)
		require.NoError(t, err)
		require.NoError(t, c.(*net.TCPConn).CloseWrite())
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		require.NoError(t, err, name)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusBadRequest, res.StatusCode, name)
		require.Error(t, <-failed, "the service does not take it for complete")
	}
	require.Equal(t, http.StatusOK, s.try(http.MethodGet, "/api/v1/products", ""), "the service is not blamed")
}

func TestFeed(t *testing.T) {
	t.Parallel()

	events, left := make(chan string), make(chan struct{}, 1)
	s := newStreams(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != changes {
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		for {
			select {
			case e := <-events:
				_, _ = io.WriteString(w, e)
				_ = http.NewResponseController(w).Flush()
			case <-r.Context().Done():
				left <- struct{}{}
				return
			}
		}
	})
	t.Run("EachEventAtOnce", func(t *testing.T) {
		res := s.request(t, http.MethodGet, changes, http.NoBody)
		require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
		require.Equal(t, "no-cache", res.Header.Get("Cache-Control"))
		lines := bufio.NewReader(res.Body)
		for i := range 100 {
			events <- fmt.Sprintf("data: %d\n", i)
			got, err := lines.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, fmt.Sprintf("data: %d\n", i), got)
		}
		require.NoError(t, res.Body.Close())
		<-left // the service hears that the client has left, although nothing happens
	})
	t.Run("Head", func(t *testing.T) {
		res := s.request(t, http.MethodHead, changes, http.NoBody)
		require.Equal(t, http.StatusOK, res.StatusCode)
		<-left
	})
	t.Run("EndsWithTheGateway", func(t *testing.T) {
		res := s.request(t, http.MethodGet, changes, http.NoBody)
		s.stop()
		_, err := io.Copy(io.Discard, res.Body)
		require.Error(t, err, "it is not complete")
		<-left
	})
}

func TestDownloadThatBreaks(t *testing.T) {
	t.Parallel()

	s := newStreams(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != exports {
			return
		}
		c, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = buf.WriteString(map[string]string{
			"chunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx\r\n",
			"end":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
			"length": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
			"both":   "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
			"more":   "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n",
		}[r.URL.RawQuery])
		_ = buf.Flush()
		_ = c.Close()
	})
	for _, how := range []string{"chunk", "end", "length", "both", "more"} {
		res := s.request(t, http.MethodGet, exports+"?"+how, http.NoBody)
		if res.StatusCode != http.StatusBadGateway {
			_, err := io.Copy(io.Discard, res.Body)
			require.Error(t, err, "%s: nobody takes it for complete", how)
		}
	}
}

func TestStreamsAreForHTTP11(t *testing.T) {
	t.Parallel()

	s := newStreams(t, func(http.ResponseWriter, *http.Request) {})
	c := s.connect(t)
	_, err := fmt.Fprintf(c, "GET %s HTTP/1.0\r\nHost: a\r\n\r\n", exports)
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusBadRequest, res.StatusCode)
}

// connect opens a connection to the gateway.
func (s *system) connect(t *testing.T) net.Conn {
	t.Helper()

	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", s.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(soon)))
	return c
}
