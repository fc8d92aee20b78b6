package e2e_test

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
	"stockroom/pkg/testkit"
)

// outage is something that is away for a while.
type outage struct {
	name        string
	stop, start func()

	reads, writes, refusals bool     // go on, under load
	away                    []string // the kinds of requests that are answered 503
	labelled                []string // those whose answers say that they may be old
}

// TestWhatIsNeededMayGo stops all that the system consists of in turn, under
// load, and starts it again. Each kind of request is answered as the tables say
// (docs/operations.md, README.md of the services), limits go on, no write that
// was acknowledged is lost, everything works again by itself, and no process
// ends. How long that takes is printed.
func TestWhatIsNeededMayGo(t *testing.T) {
	skipGiven(t)
	s := stack.Processes(t, stack.Options{OwnPostgres: true})
	w := openWorld(t, s)
	l := newLoad(t, w)
	k := openKnocker(t, w, l)
	k.renew()
	k.knock(outage{name: "nothing"})
	for _, o := range outages(t, s) {
		k.renew()
		l.closed.Store(!o.reads)
		refused := l.refused.Load()
		o.stop()
		if len(o.labelled) > 0 {
			l.await("reads are labelled without "+o.name, &l.stale)
		} else if o.reads {
			l.await("reads go on without "+o.name, &l.fresh)
		}
		if o.writes {
			l.await("writes go on without "+o.name, &l.written)
		}
		if o.refusals {
			l.await("writes are refused without "+o.name, &l.refused)
		}
		k.knock(o)
		begun := time.Now()
		o.start()
		l.recovers(o.name, begun)
		l.closed.Store(false)
		k.renew()
		k.knock(outage{name: "nothing, after " + o.name})
		if !o.refusals {
			require.Equal(t, refused, l.refused.Load(), "%s is needed for nothing", o.name)
		}
	}
	l.end()
	for name, p := range s.Processes {
		p.Signal(t, syscall.Signal(0)) // which only says whether it is there
		require.NotContains(t, p.Log(t), `"status":500`, name)
	}
}

// Kinds of requests that need the same.
var (
	ofAuth       = []string{"own sessions", "sign-in", "refresh"}
	ofAccounts   = []string{"account", "account at auth", "change of account", "list of accounts", "sign-in", "refresh"}
	ofProducts   = []string{"product", "list of products", "list never read", "change of product"}
	withRights   = []string{"change of account", "change of product", "list of accounts"} // nobody is let in who may have lost them
	fromDatabase = slices.Concat(ofAccounts, ofAuth, []string{"list never read", "change of product"})
)

func outages(t *testing.T, s *stack.System) []outage {
	t.Helper()

	redis := func(do func(*testkit.RedisServer)) func() {
		return func() {
			for _, server := range s.Redis {
				do(server)
			}
		}
	}
	process := func(o outage, names ...string) outage {
		o.stop = func() {
			for _, name := range names {
				s.Processes[name].Stop(t)
			}
		}
		o.start = func() {
			for _, name := range names {
				s.Processes[name].Start(t)
			}
		}
		return o
	}
	postgres := outage{
		name: "PostgreSQL", stop: s.Postgres.Stop, start: s.Postgres.Start, reads: true, refusals: true,
		away: fromDatabase, labelled: []string{"product", "list of products"},
	}
	return []outage{
		postgres, postgres,
		{name: "Redis", stop: redis((*testkit.RedisServer).Stop), start: redis((*testkit.RedisServer).Start), reads: true, writes: true},
		{name: "NATS", stop: s.NATS.Stop, start: s.NATS.Start, reads: true, writes: true},
		process(outage{name: "one of two catalogs", reads: true, writes: true}, "catalog-1"),
		process(outage{name: "auth", reads: true, refusals: true, away: slices.Concat(ofAuth, withRights, []string{"account at auth", "keys"})}, "auth"),
		process(outage{name: "users", reads: true, refusals: true, away: slices.Concat(ofAccounts, withRights)}, "users"),
		process(outage{name: "catalog", refusals: true, away: append(slices.Clip(ofProducts), "health")}, "catalog-1", "catalog-2"),
	}
}
