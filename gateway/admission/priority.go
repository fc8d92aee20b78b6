package admission

// Priority says who goes first when not all can. What is not worth as much is
// refused before what is worth more.
type Priority uint8

// The priorities, the lowest first. The zero value is none.
const (
	List   Priority = 1 + iota // pages and searches: costly, and easily asked for again
	Read                       // of one thing
	Change                     // somebody has typed it in
	SignIn                     // and what keeps sessions alive or ends them: without it nothing else works

	// Apart is for requests that queue in the service, for a password to be
	// hashed: they take seconds when all is well, neither wait here nor take the
	// room of others, and say nothing of how fast the service is.
	Apart
)

// levels is how many priorities wait in a queue.
const levels = int(SignIn)

// Priorities returns all of them.
func Priorities() []Priority { return []Priority{List, Read, Change, SignIn, Apart} }

// String returns the name of p in metrics.
func (p Priority) String() string {
	switch p {
	case List:
		return "list"
	case Read:
		return "read"
	case Change:
		return "change"
	case SignIn:
		return "sign_in"
	case Apart:
		return "apart"
	}
	return "none"
}
