package upstream

import (
	"slices"
	"sync"
	"sync/atomic"
)

// maxReplicas bounds how many a pool takes, whatever a name server says.
const maxReplicas = 128

// set is the replicas of a pool. Whoever reads it gets what it was at that
// moment, which does not change any more.
type set struct {
	mu   sync.Mutex // one change at a time
	list atomic.Pointer[[]*replica]
}

func (s *set) all() []*replica {
	if list := s.list.Load(); list != nil {
		return *list
	}
	return nil
}

// add reports whether there was room for r.
func (s *set) add(r *replica) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.all()
	if len(now) >= maxReplicas {
		return false
	}
	list := append(slices.Clone(now), r)
	s.list.Store(&list)
	return true
}

func (s *set) remove(r *replica) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(s.all()), func(other *replica) bool { return other == r })
	s.list.Store(&list)
}
