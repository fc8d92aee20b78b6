package history

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// noticeable is from when on an outdated answer is counted.
const noticeable = 50 * time.Millisecond

// Figures are for people: nothing about them is promised.
type Figures struct {
	Reads, Lists, Tokens, Stale int
	Writes, Unsure              int
	Outdated, Noticeable        int // answers replaced before the question, and longer ago than 50 ms
	Half, NineOfTen, Most       time.Duration
	Origins                     map[string]int
	HitRate                     float64
	Commits                     int
}

func (c *checker) figures() Figures {
	f := Figures{Reads: len(c.h.Reads), Origins: map[string]int{}, Outdated: len(c.late), Commits: len(c.h.Log)}
	hits := 0
	for i := range c.h.Reads {
		r := &c.h.Reads[i]
		f.Origins[r.Origin]++
		if r.Product == "" {
			f.Lists++
		}
		if r.Token != 0 {
			f.Tokens++
		}
		if r.Stale != nil {
			f.Stale++
		} else if strings.Contains(r.Origin, "hit") {
			hits++
		}
	}
	for _, w := range c.h.Writes {
		if w.Seq == 0 {
			f.Unsure++
		} else {
			f.Writes++
		}
	}
	if len(c.h.Reads) > 0 {
		f.HitRate = float64(hits) / float64(len(c.h.Reads))
	}
	slices.Sort(c.late)
	for _, d := range c.late {
		if d > noticeable {
			f.Noticeable++
		}
	}
	if n := len(c.late); n > 0 {
		f.Half, f.NineOfTen, f.Most = c.late[n/2], c.late[n*9/10], c.late[n-1]
	}
	return f
}

// String returns the figures as lines.
func (f Figures) String() string {
	return fmt.Sprintf(`reads      %d, of lists %d, with a token %d, labelled stale %d
writes     %d acknowledged, %d in doubt, %d commits
outdated   %d answers, %d by more than %v; half by %v, nine of ten by %v, at most %v
found      %.1f %% in a cache: %v`,
		f.Reads, f.Lists, f.Tokens, f.Stale, f.Writes, f.Unsure, f.Commits,
		f.Outdated, f.Noticeable, noticeable, f.Half, f.NineOfTen, f.Most, 100*f.HitRate, f.Origins)
}
