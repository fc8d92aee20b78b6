package e2e_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// TestKillLosesNothing kills the one-process form while it is written to: what
// it had answered is there when it comes back.
func TestKillLosesNothing(t *testing.T) {
	skipGiven(t)
	s := stack.Child(t, stack.Options{})
	w := openWorld(t, s)
	a := w.register(t)
	kept := map[string]product{}
	for range 3 {
		for _, p := range writeUntilKilled(t, w) {
			kept[p.ID] = p
		}
		s.Processes["stockroom"].Start(t)
		s.Await(t)
		for id, p := range kept {
			require.Equal(t, p, w.anyone().get(t, productsPath+"/"+id).want(http.StatusOK).product())
		}
	}
	require.NotEmpty(t, w.signIn(t, a.Username, password).AccessToken)
	w.admin(t).get(t, a.path()).want(http.StatusOK)
}

// writeUntilKilled returns the products that were made for certain.
func writeUntilKilled(t *testing.T, w *world) []product {
	t.Helper()
	const enough = 30
	var (
		mu     sync.Mutex
		made   []product
		killed = make(chan struct{})
		once   sync.Once
	)
	admin := w.admin(t)
	inParallel(4, func(int) bool {
		for {
			res, err := w.http.Do(admin.request(t, http.MethodPost, productsPath, draft(nil)))
			if err != nil {
				return true // the system is gone
			}
			var p product
			err = decode(res.Body, &p)
			res.Body.Close() //nolint:errcheck // it was read, or cut
			if err != nil || res.StatusCode != http.StatusCreated {
				return true
			}
			mu.Lock()
			made = append(made, p)
			if len(made) == enough {
				once.Do(func() { go func() { defer close(killed); w.system.Processes["stockroom"].Kill() }() })
			}
			mu.Unlock()
		}
	})
	<-killed
	require.GreaterOrEqual(t, len(made), enough)
	return made
}

// TestStopFinishesWhatIsBeingDone stops the one-process form while it works.
func TestStopFinishesWhatIsBeingDone(t *testing.T) {
	skipGiven(t)
	const slowHash = 10
	s := stack.Child(t, stack.Options{PasswordCost: slowHash})
	w := openWorld(t, s)
	const busy = 8
	first := make(chan struct{}, busy)
	var clients sync.WaitGroup
	for range busy {
		clients.Go(func() {
			w.signIn(t, s.Admin.Username, s.Admin.Password)
			first <- struct{}{}
		})
	}
	<-first // the others wait for their turn to hash
	s.Processes["stockroom"].Stop(t)
	clients.Wait()
}

// TestRollingRestartLosesNothing restarts one catalog after the other while
// clients write through the gateway.
func TestRollingRestartLosesNothing(t *testing.T) {
	skipGiven(t)
	s := stack.Processes(t, stack.Options{})
	w := openWorld(t, s)
	admin := w.admin(t)
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					p := admin.post(t, productsPath, draft(nil)).want(http.StatusCreated).product()
					w.anyone().get(t, p.path()).want(http.StatusOK)
				}
			}
		})
	}
	for _, name := range []string{"catalog-1", "catalog-2"} {
		s.Processes[name].Stop(t)
		s.Processes[name].Start(t)
		at := s.Catalogs[map[string]int{"catalog-1": 0, "catalog-2": 1}[name]]
		eventually(t, time.Minute, name+" is back", func() bool {
			res, err := w.http.Get(at + productsPath) //nolint:noctx // the client has a timeout
			return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK
		})
		ready(t, w)
	}
	close(stop)
	clients.Wait()
}

// ready returns when the gateway has had the time to take a replica in again.
func ready(t *testing.T, w *world) {
	t.Helper()
	for range 50 {
		w.anyone().get(t, productsPath).want(http.StatusOK)
	}
}
