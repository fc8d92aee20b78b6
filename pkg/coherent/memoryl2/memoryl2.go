// Package memoryl2 is a second level in memory. It says exactly what a second
// level does, for caches that share one process and for tests.
package memoryl2

import (
	"context"
	"sync"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// Store is a [coherent.SecondLevel] in memory. It holds whatever it is given
// until the time is up and the key is asked for again, so the number of keys
// must be bounded by who uses it.
type Store struct {
	now func() time.Time

	mu    sync.Mutex
	state state
}

var _ coherent.SecondLevel = (*Store)(nil)

type state struct {
	mark  *mark // nil if lost
	slots map[coherent.Key]slot
}

// mark is how far a store has come.
type mark struct {
	head  commitlog.Head
	lists int64 // the last event that may have changed a list
	ahead int64 // the last commit beyond head, as it was, that a value was filled as of
}

// slot holds a value, or the token of a claim.
type slot struct {
	token string
	entry coherent.Entry
	until time.Time
}

// New returns an empty store that reads the time from now.
func New(now func() time.Time) *Store {
	return &Store{now: now, state: state{slots: map[coherent.Key]slot{}}}
}

// Get implements [coherent.SecondLevel].
func (s *Store) Get(_ context.Context, c coherent.Claim, need int64, lease time.Duration) (coherent.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	m := s.state.mark
	if m == nil || m.head.Epoch != c.Epoch {
		return coherent.Found{State: coherent.Behind, Watermark: coherent.Lost}, nil
	}
	found := coherent.Found{Watermark: m.head.Seq}
	if m.head.Seq < need {
		return found, nil
	}
	x, ok := s.slot(c.Key)
	switch {
	case ok && x.token == "" && (!c.Key.IsList() || x.entry.AsOf >= m.lists):
		found.State, found.Entry = coherent.Hit, x.entry
	case ok && x.token != "" && x.token != c.Token:
		found.State = coherent.Wait
	default:
		found.State = coherent.Claimed
		s.state.slots[c.Key] = slot{token: c.Token, until: s.now().Add(lease)}
	}
	return found, nil
}

// Peek implements [coherent.SecondLevel].
func (s *Store) Peek(_ context.Context, key coherent.Key, epoch int64) (coherent.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	m := s.state.mark
	if m == nil || m.head.Epoch != epoch {
		return coherent.Found{State: coherent.Behind, Watermark: coherent.Lost}, nil
	}
	found := coherent.Found{State: coherent.Missing, Watermark: m.head.Seq}
	x, ok := s.slot(key)
	switch {
	case ok && x.token != "":
		found.State = coherent.Wait
	case ok && (!key.IsList() || x.entry.AsOf >= m.lists):
		found.State, found.Entry = coherent.Hit, x.entry
	}
	return found, nil
}

// Fill implements [coherent.SecondLevel].
func (s *Store) Fill(_ context.Context, c coherent.Claim, e coherent.Entry, ttl time.Duration) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if !s.end(c) {
		return false, nil
	}
	if c.Key.IsList() && e.AsOf < s.state.mark.lists {
		return false, nil
	}
	if m := s.state.mark; e.AsOf > m.head.Seq {
		m.ahead = max(m.ahead, e.AsOf)
	}
	s.state.slots[c.Key] = slot{entry: e, until: s.now().Add(ttl)}
	return true, nil
}

// Release implements [coherent.SecondLevel].
func (s *Store) Release(_ context.Context, c coherent.Claim) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.end(c)
	return nil
}

// end ends a claim and says whether it was held.
func (s *Store) end(c coherent.Claim) bool {
	x, ok := s.slot(c.Key)
	if !ok || x.token != c.Token {
		return false
	}
	delete(s.state.slots, c.Key)
	return s.state.mark != nil && s.state.mark.head.Epoch == c.Epoch
}

// Apply implements [coherent.SecondLevel].
func (s *Store) Apply(_ context.Context, ev commitlog.Event) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	m := s.state.mark
	switch {
	case m == nil || m.head.Epoch != ev.Epoch:
		return coherent.Lost, nil
	case ev.Seq != m.head.Seq+1:
		return m.head.Seq, nil
	}
	for _, id := range ev.IDs {
		key := coherent.Item(id)
		if x, ok := s.slot(key); ok && (x.token != "" || x.entry.AsOf < ev.Seq) {
			delete(s.state.slots, key)
		}
	}
	if ev.Lists {
		m.lists = ev.Seq
	}
	m.head.Seq = ev.Seq
	return ev.Seq, nil
}

// Begin implements [coherent.SecondLevel].
func (s *Store) Begin(_ context.Context, head commitlog.Head) (forgot bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if m := s.state.mark; m == nil || m.head != head || m.ahead > head.Seq {
		s.anew(head)
		return true, nil
	}
	return false, nil
}

// Reset implements [coherent.SecondLevel].
func (s *Store) Reset(_ context.Context, head commitlog.Head) (forgot bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if m := s.state.mark; m == nil || m.head.Epoch != head.Epoch || m.head.Seq < head.Seq {
		s.anew(head)
		return true, nil
	}
	return false, nil
}

func (s *Store) anew(head commitlog.Head) {
	s.state = state{mark: &mark{head: head, lists: head.Seq}, slots: map[coherent.Key]slot{}}
}

// slot returns what there is for key.
func (s *Store) slot(key coherent.Key) (slot, bool) {
	x, ok := s.state.slots[key]
	if ok && !s.now().Before(x.until) {
		delete(s.state.slots, key)
		return slot{}, false
	}
	return x, ok
}
