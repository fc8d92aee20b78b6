package herd

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// reader keeps a connection to one replica open. It is as small as it can be:
// there are thousands, beside what they ask.
type reader struct {
	conn net.Conn
	in   *bufio.Reader
}

func newReader(t *testing.T, addr string) *reader {
	t.Helper()

	dialer := net.Dialer{Timeout: patience}
	conn, err := dialer.DialContext(t.Context(), "tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // it was only read
	return &reader{conn, bufio.NewReaderSize(conn, 1<<10)}
}

// get asks for path, presents a number, and returns a body.
func (r *reader) get(path, seq string) (body string, err error) {
	if err := r.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(r.conn, "GET %s HTTP/1.1\r\nHost: catalog\r\nCatalog-Min-Seq: %s\r\n\r\n", path, seq); err != nil {
		return "", err
	}
	res, err := http.ReadResponse(r.in, nil)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", res.StatusCode, text)
	}
	return string(text), err
}
