package userstest

import (
	"context"
	"maps"
	"slices"

	"stockroom/services/users"
)

func (s *Store) record(c users.Change, before, after users.Account) {
	var previous []byte
	if n := len(s.audit); n > 0 {
		previous = s.audit[n-1].Hash
	}
	s.audit = append(s.audit, c.Entry(s.next(), before, after, previous))
}

func (s *Store) erase(id users.AccountID) {
	for i := range s.audit {
		if s.audit[i].Account == id {
			s.audit[i].Personal = nil
		}
	}
	if s.erasures == nil {
		s.erasures = map[users.AccountID]bool{}
	}
	s.erasures[id] = true
}

// Audit implements [users.Store].
func (s *Store) Audit(_ context.Context, q users.AuditQuery) (users.AuditPage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	about := slices.DeleteFunc(s.entries(), func(e users.Entry) bool { return e.Account != q.Account })
	slices.Reverse(about)
	return users.AuditPage{Items: page(about, q.Offset(), q.Size), Total: len(about)}, nil
}

// Trail implements [users.Store].
func (s *Store) Trail(_ context.Context, after int64, limit int) ([]users.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	rest := slices.DeleteFunc(s.entries(), func(e users.Entry) bool { return e.Seq <= after })
	return rest[:min(limit, len(rest))], nil
}

// entries returns copies of all rows, with the names that the actors have now.
func (s *Store) entries() []users.Entry {
	all := slices.Clone(s.audit)
	for i := range all {
		all[i].ActorName = s.accounts[all[i].Actor].Username
	}
	return all
}

// PendingErasures implements [users.Store].
func (s *Store) PendingErasures(_ context.Context, limit int) ([]users.AccountID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	all := slices.Sorted(maps.Keys(s.erasures))
	return all[:min(limit, len(all))], nil
}

// FinishErasure implements [users.Store].
func (s *Store) FinishErasure(_ context.Context, id users.AccountID) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	delete(s.erasures, id)
	return nil
}
