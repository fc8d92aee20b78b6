package model_test

import (
	"fmt"
	"slices"
	"strings"
)

// trace remembers what happened last.
type trace struct {
	lines [40]happening
	count int
}

type happening struct {
	tick      int
	who, what string
	number    int // of who; -1: there is one
	key       int // -1: none
	more      [2]int64
	has       int // how many of more
}

func (w *world) note(who, what string, key int, more ...int64) {
	w.trace.add(w.now, who, -1, what, key, more)
}

func (p *process) note(what string, key int, more ...int64) {
	p.w.trace.add(p.w.now, "process", p.m.number, what, key, more)
}

func (tr *trace) add(tick int, who string, number int, what string, key int, more []int64) {
	h := happening{tick: tick, who: who, what: what, number: number, key: key}
	h.has = copy(h.more[:], more)
	tr.lines[tr.count%len(tr.lines)] = h
	tr.count++
}

// String returns what happened last, the last at the end.
func (tr *trace) String() string {
	var b strings.Builder
	first := max(0, tr.count-len(tr.lines))
	for i := first; i < tr.count; i++ {
		h := tr.lines[i%len(tr.lines)]
		fmt.Fprintf(&b, "%5d  %s", h.tick, h.who)
		if h.number >= 0 {
			fmt.Fprintf(&b, " %d", h.number)
		}
		fmt.Fprintf(&b, " %s", h.what)
		if h.key >= 0 {
			fmt.Fprintf(&b, " %s", keys[h.key])
		}
		numbers := strings.Trim(fmt.Sprint(slices.Clone(h.more[:h.has])), "[]")
		fmt.Fprintf(&b, " %s\n", strings.ReplaceAll(numbers, " ", "."))
	}
	return b.String()
}
