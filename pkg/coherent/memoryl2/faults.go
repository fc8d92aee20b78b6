package memoryl2

import "maps"

// Snapshot remembers everything that s holds, and returns a function that puts
// it back, watermark and all: what a Redis does that is replaced by its replica
// or restarted from its last dump. It is for tests.
func (s *Store) Snapshot() (restore func()) {
	s.mu.Lock()
	defer s.mu.Unlock()

	then := s.state.clone()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.state = then.clone()
	}
}

// LoseWatermark removes the watermark alone, as an eviction may. It is for tests.
func (s *Store) LoseWatermark() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.mark = nil
}

func (st state) clone() state {
	st.slots = maps.Clone(st.slots)
	if st.mark != nil {
		m := *st.mark
		st.mark = &m
	}
	return st
}
