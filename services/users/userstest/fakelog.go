package userstest

import (
	"context"
	"slices"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/services/users"
)

// epoch never changes: a store in memory is not restored from a copy.
const epoch = 1

// Head implements [commitlog.Source].
func (s *Store) Head(context.Context) (commitlog.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	return commitlog.Head{Epoch: epoch, Seq: int64(len(s.log))}, nil
}

// Since implements [commitlog.Source].
func (s *Store) Since(_ context.Context, after int64, limit int) ([]commitlog.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	rest := s.log[min(after, int64(len(s.log))):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

// Actors returns who made the commits of the log, oldest first.
func (s *Store) Actors(context.Context) ([]users.AccountID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	return slices.Clone(s.actors), nil
}

func (s *Store) next() int64 { return int64(len(s.log)) + 1 }

func (s *Store) commit(a users.Account, kind users.Kind, actor users.AccountID, at time.Time) {
	if s.accounts == nil {
		s.accounts = map[users.AccountID]users.Account{}
	}
	s.accounts[a.ID] = a
	s.actors = append(s.actors, actor)
	s.log = append(s.log, commitlog.Event{
		Epoch: epoch, Seq: s.next(), IDs: []string{string(a.ID)}, Kind: string(kind), At: at,
	})
}
