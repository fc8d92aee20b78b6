package admission

import (
	"math"
	"time"
)

const (
	window  = 50 * time.Millisecond
	enough  = 16          // answers, to say something of all
	longest = time.Second // without them that is said all the same
	windows = 3           // in a row have to be slow, or it was a pause
)

// pace is how many requests per second a service answers while it has as many as
// it gets. Otherwise nobody knows.
type pace struct {
	begin    time.Time
	short    bool // of room, since begin
	answered [levels]int
	all      sample
	known    [windows][levels]float64 // of the last windows: of a priority and those below; zero if unknown
}

func (p *pace) note(priority Priority, took time.Duration) {
	p.answered[priority-1]++
	p.all.n++
	p.all.took += took
}

// over reports whether there is something to be learned from the window now. It
// has to be as long as one request, or answers that come together would
// count for the time since the last ones came.
func (p *pace) over(now time.Time) bool {
	long := now.Sub(p.begin)
	switch {
	case long < window:
		return false
	case !p.short || long >= longest:
		return true
	}
	return p.all.n >= enough && long >= p.all.took/time.Duration(p.all.n)
}

// next begins a window, which is short of room from the start or not.
func (p *pace) next(now time.Time, short bool) {
	long := now.Sub(p.begin)
	copy(p.known[1:], p.known[:])
	p.known[0] = [levels]float64{}
	if p.short {
		sum := 0
		for i, n := range p.answered {
			sum += n
			p.known[0][i] = math.Max(1, float64(sum)) / long.Seconds()
		}
	} else if long >= windows*window {
		p.known = [windows][levels]float64{}
	}
	p.begin, p.short, p.answered, p.all = now, short, [levels]int{}, sample{}
}

// in returns how many requests of a priority and those below are answered in d,
// or limit if that is unknown or more.
func (p *pace) in(d time.Duration, priority Priority, limit int) int {
	fastest := 0.0
	for _, rates := range p.known {
		rate := rates[priority-1]
		if rate == 0 {
			return limit
		}
		fastest = math.Max(fastest, rate)
	}
	return min(limit, max(1, int(fastest*d.Seconds())))
}
