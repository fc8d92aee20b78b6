package canary

import (
	"encoding/json"
	"fmt"
	"strings"
)

// request is what somebody sends, and what may be answered.
type request struct {
	by       *person
	kind     string
	method   string
	target   string
	lines    []string // of its head, besides those that all have
	body     string
	chunked  bool
	id       string // its X-Request-Id; empty: the gateway finds one
	statuses []int
	shows    []string // what an answer with a body that is no problem holds
	mentions []string // what is not theirs, but in the request
	last     bool     // nothing is answered on the connection any more
	unread   bool     // refused before its head is known
	public   bool     // what nobody owns may be shown to all
	learn    func(*answer) error
}

// encode returns the bytes that are sent.
func (r request) encode() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: shop.example\r\n", r.method, r.target)
	if r.id != "" {
		b.WriteString("X-Request-Id: " + r.id + "\r\n")
	}
	for _, line := range r.lines {
		b.WriteString(line + "\r\n")
	}
	switch {
	case r.body == "":
		b.WriteString("\r\n")
	case r.chunked:
		half := len(r.body) / 2
		fmt.Fprintf(&b, "Transfer-Encoding: chunked\r\n\r\n")
		for _, part := range []string{r.body[:half], r.body[half:]} {
			if part != "" {
				fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
			}
		}
		b.WriteString("0\r\n\r\n")
	default:
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(r.body), r.body)
	}
	return b.String()
}

// String names the request in what is wrong.
func (r request) String() string {
	return fmt.Sprintf("%s (%s %s of %s, id %q)", r.kind, r.method, r.target, r.by.marker, r.id)
}

func (r request) with(lines ...string) request {
	r.lines = append(r.lines, lines...)
	return r
}

func (r request) signed() request { return r.with("Authorization: Bearer " + r.by.bearer()) }

func (r request) json(body any) request {
	data, _ := json.Marshal(body) // of texts and numbers
	r.body = string(data)
	return r.with("Content-Type: application/json")
}

func (r request) may(statuses ...int) request {
	r.statuses = statuses
	return r
}

func (r request) showing(texts ...string) request {
	r.shows = texts
	return r
}

func (r request) closing() request {
	r.last = true
	return r
}
