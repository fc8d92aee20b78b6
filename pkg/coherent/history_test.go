package coherent_test

import (
	"context"
	"sort"
	"strconv"
	"sync"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
)

const (
	historyItems = 4
	historyList  = historyItems // the value of every list
)

// moment is a state that the database was in.
type moment struct {
	head   commitlog.Head
	at     time.Time
	values [historyItems + 1]int // the moment that each value was written at
}

// history is a database that remembers all its states, to tell whether an
// answer was ever right, and when.
type history struct {
	mu      sync.Mutex
	moments []moment
	log     []commitlog.Event
}

func newHistory() *history {
	return &history{moments: []moment{{head: commitlog.Head{Epoch: 1}, at: time.Now()}}}
}

func (h *history) last() moment { return h.moments[len(h.moments)-1] }

func historyKey(n int) coherent.Key {
	if n == historyList {
		return coherent.List("all")
	}
	return coherent.Item(strconv.Itoa(n))
}

// commit writes items, and the lists if lists is set, and returns the moment.
func (h *history) commit(lists bool, items ...int) (commitlog.Event, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := h.last()
	next.head.Seq++
	next.at = time.Now()
	ev := commitlog.Event{Epoch: next.head.Epoch, Seq: next.head.Seq, IDs: []string{}, Lists: lists}
	for _, n := range items {
		next.values[n] = len(h.moments)
		ev.IDs = append(ev.IDs, strconv.Itoa(n))
	}
	if lists {
		next.values[historyList] = len(h.moments)
	}
	h.moments = append(h.moments, next)
	h.log = append(h.log, ev)
	return ev, len(h.moments) - 1
}

// restore goes back to the state of moment n, in a new epoch.
func (h *history) restore(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := h.moments[n]
	next.head.Epoch = h.last().head.Epoch + 1
	next.at = time.Now()
	h.moments = append(h.moments, next)
	h.log = nil
}

// read returns a value as a Load does.
func (h *history) read(n int) coherent.Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.last()
	e := coherent.Entry{AsOf: now.head.Seq, Version: int64(now.values[n])}
	if n != historyList && now.values[n] == 0 {
		e.Absent = true
		return e
	}
	e.Body = []byte(strconv.Itoa(now.values[n]))
	return e
}

func (h *history) head() commitlog.Head {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last().head
}

func (h *history) since(after int64, limit int) []commitlog.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := sort.Search(len(h.log), func(i int) bool { return h.log[i].Seq > after })
	events := h.log[first:]
	return append([]commitlog.Event{}, events[:min(limit, len(events))]...)
}

// now returns the number of the present moment, and before that of the last
// one that is at least age ago.
func (h *history) now(age time.Duration) (now, before int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	limit := time.Now().Add(-age)
	after := sort.Search(len(h.moments), func(i int) bool { return h.moments[i].at.After(limit) })
	return len(h.moments) - 1, max(0, after-1)
}

// held says whether value n was what e says at any moment from low to high.
func (h *history) held(n int, e coherent.Entry, low, high int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.moments[low : high+1] {
		if int64(m.values[n]) == e.Version {
			return true
		}
	}
	return false
}

var errUnreachable = errs.ErrUnavailable.Because("The database is away.")

// source is the log of a history as one replica reaches it.
type source struct{ r *member }

func (s source) Head(ctx context.Context) (commitlog.Head, error) {
	if err := s.r.toDatabase(ctx); err != nil {
		return commitlog.Head{}, err
	}
	head := s.r.db.head()
	return head, s.r.toDatabase(ctx)
}

func (s source) Since(ctx context.Context, after int64, limit int) ([]commitlog.Event, error) {
	if err := s.r.toDatabase(ctx); err != nil {
		return nil, err
	}
	events := s.r.db.since(after, limit)
	return events, s.r.toDatabase(ctx)
}
