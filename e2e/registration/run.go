package registration

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/failpoint"
)

// calm is how long no process is killed, at most.
const calm = 500 * time.Millisecond

// Options are what a run is like.
type Options struct {
	Seed  uint64 // of the order of the places
	Kills int    // at each place
}

// Run has people register while processes are killed at every place, and fails t
// if anybody is locked out or anything is left half made after the sweep. The
// programs must be built with failpoints.
func Run(t *testing.T, o Options) {
	t.Helper()

	began := time.Now()
	c := open(t)
	var (
		residents []person
		failed    error
		aside     sync.WaitGroup
		stop      = make(chan struct{})
		once      sync.Once
	)
	end := func() {
		once.Do(func() { close(stop) })
		aside.Wait()
	}
	defer end()
	aside.Go(func() { residents, failed = c.crowdIn(t.Context(), stop) })
	aside.Go(func() { assert.NoError(t, c.hoursPass(t.Context(), stop)) })
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	for range o.Kills {
		for _, i := range rng.Perm(len(places)) {
			c.kill(places[i])
			time.Sleep(time.Duration(rng.Int64N(int64(calm)))) // so that the next one is not always the first request
		}
	}
	end()
	killed := time.Since(began)
	require.NoError(t, failed, "seed %d", o.Seed)

	// Whatever was under way is over when both have stopped in peace.
	for _, service := range []string{auth, users} {
		c.processes[service].Stop(t)
	}
	for _, service := range []string{users, auth} {
		c.processes[service].Start(t)
	}
	require.NoError(t, c.inDatabase(t.Context(), auth, c.hourPasses(0)))
	c.swept()
	require.GreaterOrEqual(t, c.halves.Load(), int64(2*o.Kills),
		"%s and %s leave a credential each time", failpoint.AfterCredential, failpoint.BeforeAccount)
	c.audit(residents)
	require.NoError(t, c.allSignIn(t.Context(), residents), "seed %d", o.Seed)
	t.Logf("seed %d: %d kills, %d at each of %d places, in %v; %d accounts; %d requests without an answer or with 503 were sent again; "+
		"%d people were told by the account itself that they had it; %d credentials were left unconfirmed and swept; all judged in %v",
		o.Seed, o.Kills*len(places), o.Kills, len(places), killed.Round(time.Second), len(residents), c.unanswered.Load(),
		c.retold.Load(), c.halves.Load(), (time.Since(began) - killed).Round(time.Second))
}

// allSignIn fails unless everybody of residents can sign in.
func (c *town) allSignIn(ctx context.Context, residents []person) (failed error) {
	var (
		mu      sync.Mutex
		working sync.WaitGroup
		next    = make(chan person)
	)
	for range alone {
		working.Go(func() {
			for p := range next {
				in, err := c.signsIn(ctx, p)
				if err == nil && !in {
					err = errors.New(p.name + " is locked out after the sweep")
				}
				mu.Lock()
				failed = errors.Join(failed, err)
				mu.Unlock()
			}
		})
	}
	for _, p := range residents {
		next <- p
	}
	close(next)
	working.Wait()
	return failed
}
