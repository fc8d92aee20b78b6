package chaos

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// diary is when which fault began and ended, on the clock of the history.
type diary struct {
	begin time.Time
	mu    sync.Mutex
	notes []note
	heals []heal

	failures []string // requests that were answered with 500
}

type note struct {
	at   time.Duration
	text string
}

// heal is the end of a fault, and the replicas that it concerned.
type heal struct {
	at       time.Duration
	fault    string
	replicas []int
}

func (d *diary) now() time.Duration { return time.Since(d.begin) }

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notes = append(d.notes, note{d.now(), fmt.Sprintf(format, args...)})
}

func (d *diary) failed(request string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failures = append(d.failures, request)
}

func (d *diary) healed(fault string, replicas []int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heals = append(d.heals, heal{d.now(), fault, replicas})
}

// around returns what happened near a moment.
func (d *diary) around(at time.Duration) string {
	const near = 10 * time.Second
	d.mu.Lock()
	defer d.mu.Unlock()
	var lines []string
	for _, n := range d.notes {
		if n.at > at-near && n.at < at+near/5 {
			lines = append(lines, fmt.Sprintf("  %v %s", n.at.Round(time.Millisecond), n.text))
		}
	}
	return strings.Join(lines, "\n")
}

// faults counts the faults by their names.
func (d *diary) faults() string {
	count := map[string]int{}
	var names []string
	for _, h := range d.heals {
		if count[h.fault]++; count[h.fault] == 1 {
			names = append(names, h.fault)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = fmt.Sprintf("%d × %s", count[name], name)
	}
	return strings.Join(names, ", ")
}
