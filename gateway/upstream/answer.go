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
	Fields []wire.Field // of its head, those that are meant for who asked
	Body   []byte
	Held   int64 // what it has taken of the budget for answers; whoever asked gives that back

	// Room returns where the body goes, of whatever length and capacity. It is not
	// asked before there is one: a request that waits for its turn has none. Nil: where
	// there is room.
	Room func() []byte

	budget *wire.Budget
	head   []byte
}

// Clear forgets the answer, and gives back what it has taken of the budget. What
// remains is room for the head of the next one.
func (a *Answer) Clear() {
	a.budget.Return(a.Held)
	*a = Answer{Fields: a.Fields[:0], head: a.head[:0], Room: a.Room}
}

func (a *Answer) reset(budget *wire.Budget) {
	body := a.Body[:0]
	a.Clear()
	a.Body, a.budget = body, budget
}

// hold takes what a body of that size needs of the budget, before room is made
// for it.
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

// begin takes the head of an answer, or of one that comes before.
func (a *Answer) begin(head []byte) (wire.Answer, error) {
	a.head, a.Fields = append(a.head[:0], head...), a.Fields[:0]
	begun, err := wire.CheckAnswer(a.head, &a.Fields)
	if err != nil {
		return begun, err
	}
	a.Status = begun.Status
	var named wire.Names
	if begun.Connection {
		named = wire.NamesOf(namedHops(a.Fields)...)
	}
	a.Fields = slices.DeleteFunc(a.Fields, func(f wire.Field) bool {
		return hops.Has(f.Name) || named.Has(f.Name)
	})
	return begun, nil
}

// add takes some of the body.
func (a *Answer) add(body []byte) {
	a.makeRoom()
	a.Body = append(a.Body, body...)
}

func (a *Answer) makeRoom() {
	if a.Body == nil && a.Room != nil {
		a.Body = a.Room()[:0]
	}
}

// The headers about the connection that an answer came over, and those about
// where it ends.
var (
	hopNames = []string{
		connection, "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Transfer-Encoding",
		"Trailer", "Te", "Upgrade", "Content-Length",
	}
	hops = wire.NamesOf(hopNames...)
)

const connection = "Connection"

// namedHops returns the headers that a Connection header says are for one
// connection only (RFC 9110, section 7.6.1).
func namedHops(fields []wire.Field) (named []string) {
	for _, f := range fields {
		if bytes.EqualFold(f.Name, []byte(connection)) {
			named = append(named, options(string(f.Value))...)
		}
	}
	return named
}

func options(value string) (all []string) {
	for option := range strings.SplitSeq(value, ",") {
		all = append(all, strings.TrimSpace(option))
	}
	return all
}

// dropHops leaves those headers that are meant for who asked.
func dropHops(h http.Header) {
	named := slices.Clone(hopNames)
	for _, value := range h[connection] {
		named = append(named, options(value)...)
	}
	for _, name := range named {
		h.Del(name)
	}
}
