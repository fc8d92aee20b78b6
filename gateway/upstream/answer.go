package upstream

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"stockroom/pkg/wire"
)

// Answer is what a service has answered. It can be used again: what it holds
// then is overwritten.
type Answer struct {
	Status int
	Fields []Field // of its head, those that are meant for who asked
	Body   []byte
	Held   int64 // what it has taken of the budget for answers; whoever asked gives that back

	budget *wire.Budget
	lines  []byte // of its head
}

// Field is a header.
type Field struct{ Name, Value []byte }

// Clear forgets all that a holds but the room for it, and the body.
func (a *Answer) Clear() {
	a.budget.Return(a.Held)
	*a = Answer{Fields: a.Fields[:0], lines: a.lines[:0]}
}

func (a *Answer) reset(budget *wire.Budget) {
	body := a.Body[:0]
	a.Clear()
	a.Body, a.budget = body, budget
}

// hold takes what a body of that size needs of the budget, before there is room
// made for it.
func (a *Answer) hold(whole int64) error {
	if whole > maxAnswer {
		return errTooLarge
	}
	if whole <= wire.Free || whole-a.Held <= wire.Free {
		return nil
	}
	n, err := a.budget.Take(whole)
	a.budget.Return(a.Held)
	a.Held = n
	return err
}

// begin implements [sink].
func (a *Answer) begin(head wire.Answer, lines []byte) {
	a.Status, a.lines = head.Status, append(a.lines[:0], lines...)
	var named []string
	if head.Connection {
		named = namedHops(lines)
	}
	for name, value := range wire.Lines(a.lines) {
		if !isOneOf(hops, name) && !isOneOf(named, name) {
			a.Fields = append(a.Fields, Field{name, value})
		}
	}
}

// add implements [sink].
func (a *Answer) add(body []byte) { a.Body = append(a.Body, body...) }

// hops are the headers about the connection that an answer came over, and those
// about where it ends.
var hops = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Transfer-Encoding",
	"Trailer", "Te", "Upgrade", "Content-Length",
}

func isOneOf(names []string, name []byte) bool {
	return slices.ContainsFunc(names, func(s string) bool {
		return len(s) == len(name) && bytes.EqualFold([]byte(s), name)
	})
}

// namedHops returns the headers that a Connection header says are for one
// connection only (RFC 9110, section 7.6.1).
func namedHops(lines []byte) (named []string) {
	for name, value := range wire.Lines(lines) {
		if isOneOf(hops[:1], name) {
			named = append(named, options(string(value))...)
		}
	}
	return named
}

func options(connection string) (all []string) {
	for option := range strings.SplitSeq(connection, ",") {
		all = append(all, strings.TrimSpace(option))
	}
	return all
}

// dropHops leaves those headers that are meant for who asked.
func dropHops(h http.Header) {
	named := slices.Clone(hops)
	for _, connection := range h["Connection"] {
		named = append(named, options(connection)...)
	}
	for _, name := range named {
		h.Del(name)
	}
}
