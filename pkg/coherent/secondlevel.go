package coherent

import (
	"context"
	"time"

	"stockroom/pkg/commitlog"
)

// SecondLevel is a cache that replicas share, such as one Redis. It carries its
// own watermark, the last event that it has seen with all before it, in the same
// place as its values: whatever is lost or rolled back takes both along.
//
// Each method is one atomic step. Every one may fail, at any time, and may have
// its effect all the same, even much later. None may block for long.
type SecondLevel interface {
	// Get looks for the value of c.Key, which must be right as of need in the
	// epoch c.Epoch. If it is not there, one caller at a time gets a claim to
	// load it, for the time lease; a caller that repeats its token keeps it.
	Get(ctx context.Context, c Claim, need int64, lease time.Duration) (Found, error)

	// Peek looks for the value of key in the epoch, and changes nothing: where
	// Get would give a claim, the value is Missing. It is Behind only if there is
	// no watermark of this epoch.
	Peek(ctx context.Context, key Key, epoch int64) (Found, error)

	// Fill keeps e for the time ttl, and ends the claim. It refuses, and says
	// so, if the claim is not held any more because an event named the key, it
	// ran out, or everything was forgotten meanwhile, and if an event after
	// e.AsOf may have changed the list that e is.
	Fill(ctx context.Context, c Claim, e Entry, ttl time.Duration) (bool, error)

	// Release ends a claim without a value, if it is still held.
	Release(ctx context.Context, c Claim) error

	// Apply makes everything invalid that ev names, if ev is the next event, and
	// returns the watermark after it: at least ev.Seq if ev is in. Less says
	// that events before ev are missing or, by [Lost], that there is no
	// watermark of this epoch; nothing was changed then.
	Apply(ctx context.Context, ev commitlog.Event) (int64, error)

	// Begin makes head the watermark. Values and claims are forgotten, which it
	// says, unless head is the watermark already and no value was filled as of a
	// later commit: what is further says that the log has gone back since, which
	// nothing else may tell.
	Begin(ctx context.Context, head commitlog.Head) (forgot bool, err error)

	// Reset makes head the watermark and forgets all values and claims, which it
	// says, unless the watermark is of the same epoch and has got at least there.
	Reset(ctx context.Context, head commitlog.Head) (forgot bool, err error)
}

// Lost stands for the watermark of a [SecondLevel] that has none of the epoch
// that is asked for.
const Lost int64 = -1

// Claim is the right to load a value and to put it into a [SecondLevel].
type Claim struct {
	Key   Key
	Epoch int64
	Token string // nobody else's
}

// Found is what [SecondLevel.Get] and [SecondLevel.Peek] say.
type Found struct {
	State     State
	Entry     Entry // of a Hit
	Watermark int64 // of the second level; Lost if it has none of the epoch
}

// State is the kind of a [Found].
type State int

// The states.
const (
	Behind  State = iota // the watermark is less than needed: nothing here can be trusted
	Hit                  // the value is right as of the watermark
	Claimed              // the value is missing, and the caller is the one to load it
	Wait                 // the value is missing, and somebody else loads it
	Missing              // the value is missing
)

func (s State) String() string {
	return [...]string{"behind", "hit", "claimed", "wait", "missing"}[s]
}
