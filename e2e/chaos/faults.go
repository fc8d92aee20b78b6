package chaos

import (
	"syscall"
	"time"

	"stockroom/e2e/chaos/link"
)

const (
	short = 300 * time.Millisecond
	long  = 3 * time.Second
)

var all = []int{0, 1, 2}

// storeFaults befall what keeps data: PostgreSQL and the two Redis.
func storeFaults() []fault {
	postgres := func(r *replica) *link.Link { return r.postgres }
	held := link.State{HoldUp: true, HoldDn: true}
	return append(redisFaults(),
		linkFault("postgres stalls", postgres, held, false),
		linkFault("postgres is cut off", postgres, held, true),
		linkFault("postgres answers are held", postgres, link.State{HoldDn: true}, true),
		linkFault("postgres refuses", postgres, link.State{Refuse: true}, false),
		linkFault("postgres is slow", postgres, link.State{Delay: 30 * time.Millisecond}, false),
		fault{"postgres stalls for all", short, long, 1, func(s *shop, _ int) (func(), []int) {
			s.postgresLinks(held)
			return func() { s.postgresLinks(link.State{}) }, all
		}},
		fault{"a replica is alone", long / 2, long, len(all), alone},
		fault{"postgres goes back", short, long, 1, goBack},
		fault{"postgres restarts", short, long, 1, func(s *shop, _ int) (func(), []int) {
			s.postgres.Stop()
			return s.postgres.Start, all
		}},
	)
}

// otherFaults befall messages and processes.
func otherFaults(o Options) []fault {
	if o.NATS == Well || o.NATS == Gone {
		return processFaults()
	}
	return append(natsFaults(), processFaults()...)
}

func natsFaults() []fault {
	nats := func(r *replica) *link.Link { return r.nats }
	return []fault{
		linkFault("nats is cut off", nats, link.State{HoldUp: true, HoldDn: true}, true),
		linkFault("nats is late", nats, link.State{HoldUp: true, HoldDn: true}, false),
		linkFault("nats messages to a replica are lost", nats, link.State{HoldDn: true}, true),
		linkFault("nats messages of a replica are lost", nats, link.State{HoldUp: true}, true),
		linkFault("nats is slow", nats, link.State{Delay: 200 * time.Millisecond}, false),
		{"nats restarts", short, long, 1, func(s *shop, _ int) (func(), []int) {
			s.nats.Stop()
			return s.nats.Start, all
		}},
	}
}

func processFaults() []fault {
	return []fault{
		{"a replica stops", 5 * time.Second, 5 * time.Second, len(all), func(s *shop, place int) (func(), []int) {
			s.replicas[place].process.Signal(s.t, syscall.SIGSTOP)
			return func() { s.replicas[place].process.Signal(s.t, syscall.SIGCONT) }, []int{place}
		}},
		{"a replica pauses", short, 2 * time.Second, len(all), func(s *shop, place int) (func(), []int) {
			s.replicas[place].process.Signal(s.t, syscall.SIGSTOP)
			return func() { s.replicas[place].process.Signal(s.t, syscall.SIGCONT) }, []int{place}
		}},
		{"a replica is killed", 0, short, len(all), kill},
		{"a replica is killed again", 0, short, len(all), kill},
	}
}

// alone has a replica hear neither of the database nor of the others for longer
// than it may believe what it knows.
func alone(s *shop, place int) (func(), []int) {
	r := s.replicas[place]
	for _, l := range []*link.Link{r.postgres, r.nats} {
		l.Set(link.State{HoldUp: true, HoldDn: true})
	}
	return func() {
		for _, l := range []*link.Link{r.postgres, r.nats} {
			l.Cut()
			l.Set(link.State{})
		}
	}, []int{place}
}

func kill(s *shop, place int) (func(), []int) {
	r := s.replicas[place]
	r.process.Kill()
	return func() {
		r.process.Start(s.t)
		s.await(r)
	}, []int{place}
}

// linkFault is a link of one replica in a state. If it is cut at the end, what
// was held is lost, else it arrives then.
func linkFault(name string, of func(*replica) *link.Link, state link.State, cut bool) fault {
	return fault{name, short, long, len(all), func(s *shop, place int) (func(), []int) {
		l := of(s.replicas[place])
		l.Set(state)
		return func() {
			if cut {
				l.Cut()
			}
			l.Set(link.State{})
		}, []int{place}
	}}
}
