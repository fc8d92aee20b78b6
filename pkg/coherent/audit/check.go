package audit

import (
	"context"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// tries is how often a key is looked at whose value changes meanwhile.
const tries = 3

// level is what a verdict is about.
type level string

const (
	firstLevel  level = "l1"
	secondLevel level = "l2"
	lease       level = "lease" // what a replica says that it knows
)

// check looks at a key in all replicas. It fails if the database does not answer.
func (a *Auditor) check(ctx context.Context, s sample, q *asked) error {
	judged := map[string]bool{} // replicas and levels
	for try := range tries {
		reports := q.peek(ctx, s.key)
		if try == 0 {
			a.position(ctx, s, reports)
		}
		held := a.held(reports, judged)
		if len(held) == 0 {
			return nil
		}
		now, err := a.truth(ctx, s.key, held)
		if err != nil {
			return err
		}
		for _, h := range held {
			if right, sure := now.judge(s.key, h); sure {
				judged[h.id()] = true
				a.verdict(ctx, h, s.key, now.entry, right)
			}
		}
	}
	return nil
}

// position checks that who relies on what it knows has heard of a commit in time.
// The question was asked when the commit had long happened, so a lease that was
// good then was given after it.
func (a *Auditor) position(ctx context.Context, s sample, reports []report) {
	for _, r := range reports {
		if s.need.Epoch == 0 || !r.Fresh {
			continue
		}
		h := holding{report: r, level: lease}
		a.verdict(ctx, h, s.key, coherent.Entry{AsOf: s.need.Seq}, !r.Applied.Before(s.need))
	}
}

// holding is what one level of a replica would answer with.
type holding struct {
	report
	level level
	coherent.Held
}

func (h holding) id() string { return h.replica.Name() + " " + string(h.level) }

// held returns what would be answered and has not been judged.
func (a *Auditor) held(reports []report, judged map[string]bool) (held []holding) {
	for _, r := range reports {
		if r.Cache != a.cfg.Cache {
			continue // of another release, which may write the same in another way
		}
		for _, h := range []holding{{r, firstLevel, r.L1}, {r, secondLevel, r.L2}} {
			if h.Served && !judged[h.id()] {
				held = append(held, h)
			}
		}
	}
	return held
}

// truth is the value of a key in the database, and what happened to it lately.
type truth struct {
	entry  coherent.Entry
	head   commitlog.Head    // read last
	after  int64             // of the events
	events []commitlog.Event // all after that, as far as they can have shown in entry
}

// truth reads the value of key, and then the log after the oldest commit that
// any of held is right as of.
func (a *Auditor) truth(ctx context.Context, key coherent.Key, held []holding) (now truth, err error) {
	load, ok := a.cfg.Load(key)
	if !ok {
		return truth{}, nil // of no epoch: nothing can be judged
	}
	if now.entry, err = load(ctx); err != nil {
		return truth{}, err
	}
	now.after = held[0].AsOf
	for _, h := range held {
		now.after = min(now.after, h.AsOf)
	}
	if now.events, err = a.cfg.Source.Since(ctx, now.after, batch); err != nil {
		return truth{}, err
	}
	now.head, err = a.cfg.Source.Head(ctx)
	return now, err
}

// judge says whether h is what the database held at the commit that h is held to
// be right as of. It is sure only if nothing has happened to the value between
// that commit and the look at the database, in the same epoch.
func (t truth) judge(key coherent.Key, h holding) (right, sure bool) {
	if t.head.Epoch != h.Applied.Epoch || t.entry.AsOf < h.AsOf || len(t.events) == batch {
		return false, false
	}
	last := t.after
	for _, ev := range t.events {
		if ev.Epoch != t.head.Epoch || ev.Seq != last+1 {
			return false, false
		}
		last = ev.Seq
		if last > h.AsOf && key.ChangedBy(ev) {
			return false, false
		}
	}
	return h.Equals(t.entry), last >= t.entry.AsOf
}
