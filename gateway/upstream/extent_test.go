package upstream

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// However an answer is cut to pieces, it ends at the same byte and holds the
// same, and net/http agrees that it does.
func FuzzExtent(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1"), 3)
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\n{}\r\n0\r\nX: y\r\n\r\nmore"), 1)
	f.Add([]byte("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"), 7)
	f.Fuzz(func(t *testing.T, bytesSent []byte, size int) {
		var one, other Answer
		whole, cut := extent{into: &one}, extent{into: &other}
		n, err := whole.take(bytesSent)
		m, failed := 0, error(nil)
		for size = max(1, size); m < len(bytesSent) && cut.part != over && failed == nil; {
			var used int
			used, failed = cut.take(bytesSent[m:min(len(bytesSent), m+min(size, 1<<16))])
			m += used
		}
		require.Equal(t, err != nil, failed != nil)
		if err != nil {
			return
		}
		require.Equal(t, n, m)
		require.Equal(t, whole.part, cut.part)
		require.Equal(t, one.Fields, other.Fields)
		require.Equal(t, one.Body, other.Body)
		if whole.part != over {
			require.Equal(t, len(bytesSent), n)
			return
		}
		r := bufio.NewReader(bytes.NewReader(bytesSent[:n]))
		for {
			res, err := http.ReadResponse(r, nil)
			require.NoError(t, err)
			body, err := io.ReadAll(res.Body)
			if err != nil {
				return // chunks that the library refuses as well
			}
			if res.StatusCode >= http.StatusOK {
				require.Equal(t, string(body), string(one.Body))
				break
			}
		}
		require.Zero(t, r.Buffered())
	})
}
