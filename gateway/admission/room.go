package admission

import "time"

const (
	usual    = 64  // requests at once, until more is known of a replica
	least    = 8   // so many may be slow without being too many
	most     = 256 // more than any replica can use
	maxApart = 256 // far more than a service lets wait

	// MaxAtOnce is the most requests that a replica ever gets at once.
	MaxAtOnce = most + maxApart
)

const (
	brief    = 100 * time.Millisecond // nobody minds if a request takes so long
	slowdown = 1.3                    // of requests to a replica that has all that it can use
	memory   = 10 * time.Second       // for how long it is known what they take when it has less
	looking  = 500 * time.Millisecond // to find that out,
	fewer    = 4                      // with a part as many
)

// spared is the part of a replica's room that lists never take, however little
// room there has become since they began: they are large, and those that wait
// for clients to take the answers before them keep theirs for seconds.
const spared = 4

// Room is how many requests one replica gets at once. While there is too little
// of it, that is what the replica answers in the time that it takes for one and
// a third of that, or in [brief]: enough to keep it busy, and little more. The
// rest waits where it can be overtaken.
//
// How long a request takes shows while there is enough room, and, in a long
// shortage, from time to time with much less.
type Room struct {
	limit int // zero: usual
	taken int
	lists int // of those
	apart int

	answered int // since the limit was looked at

	alone  time.Duration // what a request takes; zero: nobody knows
	look   bool          // for that, with few requests
	since  time.Time     // that began, or it was found
	sample sample        // of requests, while looking of those that have begun since
	rate   float64       // at which the replica answered before
}

// sample is how long some requests took together.
type sample struct {
	n    int
	took time.Duration
}

// Free reports whether r has room for one more.
func (r *Room) Free(p Priority) bool {
	if p == Apart {
		return r.apart < maxApart
	}
	size := r.size()
	forLists := size - size/spared
	if p == List && r.lists >= forLists {
		return false
	}
	return r.taken-max(r.lists-forLists, 0) < size
}

// Less reports whether less of r is taken than of other.
func (r *Room) Less(other *Room) bool {
	return (r.taken+r.apart)*other.size() < (other.taken+other.apart)*r.size()
}

func (r *Room) size() int {
	if r.limit == 0 {
		return usual
	}
	return r.limit
}

func (r *Room) take(p Priority) {
	if p == Apart {
		r.apart++
		return
	}
	r.taken++
	if p == List {
		r.lists++
	}
}

// leave gives back what was taken. A request that was not answered says nothing.
func (r *Room) leave(p Priority, now time.Time, took time.Duration, answered bool) {
	if p == Apart {
		r.apart--
		return
	}
	r.taken--
	if p == List {
		r.lists--
	}
	if !answered {
		return
	}
	r.answered++
	if r.look && now.Add(-took).Before(r.since) {
		return // it began in the crowd
	}
	r.sample.n++
	r.sample.took += took
}

// learn sets the limit after a window of too little room. It at most halves or
// doubles: a pause says little.
func (r *Room) learn(now time.Time, window time.Duration) {
	size, rate := r.size(), float64(r.answered)/window.Seconds()
	r.answered = 0
	switch {
	case r.look && (now.Sub(r.since) < looking || r.sample.n < enough):
	case r.look:
		r.found(now)
		r.limit = min(max(r.wanted(r.rate), least), most)
	case r.alone == 0 || now.Sub(r.since) > memory:
		r.look, r.since, r.sample, r.rate = true, now, sample{}, rate
		r.limit = max(size/fewer, least)
	default:
		r.limit = min(max(r.wanted(rate), size/2, least), 2*size, most)
	}
}

// wanted returns how many requests keep a replica busy that answers rate of them
// in a second (Little's law).
func (r *Room) wanted(rate float64) int {
	return int(rate * max(brief.Seconds(), slowdown*r.alone.Seconds()))
}

func (r *Room) found(now time.Time) {
	r.alone, r.look, r.since, r.sample = r.sample.took/time.Duration(r.sample.n), false, now, sample{}
}

// relax goes back to what is usual, after n windows in which there was enough
// room.
func (r *Room) relax(now time.Time, n int) {
	r.answered = 0
	if r.sample.n >= enough {
		r.found(now)
	}
	size := r.size()
	for ; n > 0 && size < usual; n-- {
		size = min(2*size, usual)
	}
	r.limit = size
}
