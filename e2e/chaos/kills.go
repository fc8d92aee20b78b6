package chaos

import (
	"os"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/link"
	"stockroom/pkg/failpoint"
)

// killFaults have a replica killed where it is in the middle of something. The
// programs must be built with failpoints.
func killFaults() (faults []fault) {
	for _, place := range []string{
		failpoint.BeforeCommit, failpoint.AfterCommit, failpoint.AfterPublish, failpoint.MidApply,
		failpoint.BeforeDrop, failpoint.AfterFill, failpoint.MidRepair,
	} {
		faults = append(faults, fault{"a replica is killed at " + place, 0, short, len(all), func(s *shop, at int) (func(), []int) {
			r := s.replicas[at]
			if place == failpoint.MidRepair { // there must be something to repair
				r.nats.Set(link.State{HoldDn: true})
				defer r.nats.Set(link.State{})
				defer r.nats.Cut()
			}
			s.killAt(r, place)
			return func() {
				r.process.Start(s.t)
				s.await(r)
			}, []int{at}
		}})
	}
	return faults
}

// killAt returns when r has come to place and is dead.
func (s *shop) killAt(r *replica, place string) {
	s.t.Helper()

	armed := filepath.Join(r.failpoints, place)
	require.NoError(s.t, os.WriteFile(armed, nil, 0o600))
	select {
	case <-r.process.Ended():
	case <-time.After(patience):
		require.FailNow(s.t, "a replica never comes to "+place)
	}
	r.process.Kill()
	require.NoFileExists(s.t, armed, "it died of something else")
}
