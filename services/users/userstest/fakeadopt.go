package userstest

import (
	"context"
	"maps"

	"stockroom/pkg/commitlog"
	"stockroom/services/users"
)

// Adopt implements [users.Store].
func (s *Store) Adopt(_ context.Context, as []users.Account, rehearse bool) ([]error, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	draft := Store{accounts: maps.Clone(s.accounts)}
	if draft.accounts == nil {
		draft.accounts = make(map[users.AccountID]users.Account)
	}
	results := make([]error, len(as))
	e := commitlog.Event{Epoch: epoch, Seq: s.next(), Kind: string(users.KindAccount)}
	for i, a := range as {
		if results[i] = draft.adopt(a); results[i] != nil {
			continue
		}
		a.AuthzVersion = e.Seq
		draft.accounts[a.ID] = a
		e.IDs = append(e.IDs, string(a.ID))
	}
	if !rehearse && len(e.IDs) > 0 {
		s.accounts = draft.accounts
		s.log, s.actors = append(s.log, e), append(s.actors, "")
	}
	return results, nil
}

// adopt fails if a cannot be added.
func (s *Store) adopt(a users.Account) error {
	if _, ok := s.accounts[a.ID]; ok {
		return users.ErrUnchanged
	}
	return s.refuseTaken(a)
}

// Known implements [users.Store].
func (s *Store) Known(_ context.Context, ids []users.AccountID) (known []users.AccountID, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, id := range ids {
		if _, ok := s.accounts[id]; ok {
			known = append(known, id)
		}
	}
	return known, nil
}
