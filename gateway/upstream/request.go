package upstream

import (
	"bytes"
	"strconv"
	"time"

	"stockroom/pkg/web"
)

// Request is what a service is asked.
type Request struct {
	Head []byte // the request line and the headers besides those about the body, each with its line end
	Body []byte
}

// smallBody is one that is sent together with the head.
const smallBody = 4 << 10

// appendTo appends to b what is sent at once, and returns the rest. The service
// has so much time to answer.
func (q *Request) appendTo(b []byte, within time.Duration) (head, body []byte) {
	b = append(b, q.Head...)
	if len(q.Body) > 0 || !q.isSafe() {
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), int64(len(q.Body)), 10), "\r\n"...)
	}
	b = append(append(b, web.HeaderTimeout...), ": "...)
	b = append(web.AppendTimeout(b, within), "\r\n\r\n"...)
	if len(q.Body) <= smallBody {
		return append(b, q.Body...), nil
	}
	return b, q.Body
}

// isSafe reports whether to send the request twice does no harm.
func (q *Request) isSafe() bool { return bytes.HasPrefix(q.Head, []byte("GET ")) || q.toHead() }

func (q *Request) toHead() bool { return bytes.HasPrefix(q.Head, []byte("HEAD ")) }
