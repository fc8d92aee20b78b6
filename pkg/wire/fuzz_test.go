package wire_test

import (
	"bufio"
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/wire"
)

// Whatever head comes in, it is refused, or it is what net/http takes it for and
// its path stands for itself.
func FuzzHead(f *testing.F) {
	f.Add("GET /a?b=c HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n")
	f.Add("POST /%61//..;x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n")
	f.Add("GET http://a/b HTTP/1.1\r\nHost: a\r\n folded: 1\r\n\r\n")
	f.Add("PUT /a%20b;c=d HTTP/1.0\r\nHost: [::1]:80\r\nExpect: 100-continue\r\nContent-Length: 007\r\n\r\n")
	f.Fuzz(func(t *testing.T, head string) {
		target, err := read(t, head)
		if err != nil {
			return
		}
		path := string(target.Path)
		require.True(t, strings.HasPrefix(path, "/"), path)
		require.NotContains(t, path, "//")
		require.NotContains(t, path+"/", "/../")
		require.NotContains(t, path+"/", "/./")
		decoded, err := url.PathUnescape(path)
		require.NoError(t, err)
		require.Equal(t, strings.Count(path, "/"), strings.Count(decoded, "/"))

		req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.TrimLeft(head, "\r\n"))))
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(strings.TrimSuffix(req.RequestURI, "?"), string(target.Raw)), req.RequestURI)
		require.LessOrEqual(t, len(req.TransferEncoding), 1)
		require.False(t, len(req.TransferEncoding) > 0 && req.Header.Get("Content-Length") != "")
	})
}

// Whatever head of an answer is taken says the same to net/http.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 204\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"))
	f.Add([]byte("HTTP/1.0 304 Not Modified\r\nContent-Length: 4\r\n folded\r\n\r\n"))
	f.Fuzz(func(t *testing.T, head []byte) {
		if i := bytes.Index(head, []byte("\r\n\r\n")); i < 0 || i+4 < len(head) {
			return // it is cut after the first blank line
		}
		got, err := wire.CheckAnswer(head, nil)
		if err != nil {
			return
		}
		res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(head)), nil)
		require.NoError(t, err)
		defer res.Body.Close() //nolint:errcheck // there is none
		require.Equal(t, res.StatusCode, got.Status)
		if !got.Interim() && got.Status != http.StatusNoContent && got.Status != http.StatusNotModified {
			require.Equal(t, res.ContentLength, got.Length)
			require.Equal(t, len(res.TransferEncoding) > 0, got.Chunked)
			return
		}
		require.Zero(t, got.Length, "these have no body")
		require.False(t, got.Chunked)
	})
}
