package model_test

import (
	"math/rand/v2"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// Times in ticks, of which each has a few steps.
const (
	lease    = 60
	staleFor = 200
	ticks    = 600
	perTick  = 6
)

const readers = 2 // of each process

// world is a few processes around one database.
type world struct {
	rng     *rand.Rand
	without guards
	now     int

	db      *database
	redises []*redis
	members []*member
	late    []func() // effects of calls that nobody waits for any more
	tokens  int

	answers map[coherent.Origin]int
	stale   int
	trace   trace
	wrong   string // the first answer that was
}

// member is one process after another, and its ways to everything else.
type member struct {
	w                          *world
	number                     int
	redis                      *redis
	process                    *process
	dbAway, storeAway, busAway int // until a tick

	own int // the moment of the last write that was acknowledged here
}

// process has everything that is lost when it is killed.
type process struct {
	w *world
	m *member
	position
	l1             firstLevel
	recent         [recentEvents]commitlog.Event
	repairing      bool
	fetches, loads flights
	inbox          []commitlog.Event
	crashed        bool

	receiver, applier, prober, writer *task
	readers                           [readers]*task
}

func newWorld(seed uint64, without guards) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 0)), without: without, answers: map[coherent.Origin]int{}}
	w.db = newDatabase(w)
	w.redises = []*redis{newRedis(w), newRedis(w)}
	for i := range 3 {
		m := &member{w: w, number: i, redis: w.redises[i/2]} // two share one
		w.members = append(w.members, m)
		m.start()
	}
	return w
}

func (w *world) below(n int) int { return w.rng.IntN(n) }

func (w *world) oneIn(n int) bool { return w.rng.IntN(n) == 0 }

// run runs w until its time is up or an answer is wrong.
func (w *world) run() *world {
	for w.now = 0; w.now < ticks && w.wrong == ""; w.now++ {
		for range perTick {
			w.step()
		}
	}
	for _, m := range w.members {
		m.process.kill()
	}
	return w
}

// step has one of all things go on that may happen now.
func (w *world) step() {
	p := w.members[w.below(len(w.members))].process
	switch x := w.below(200); {
	case x < 9:
		p.writer.next()
	case x < 21:
		p.receiver.next()
	case x < 62:
		p.applier.next()
	case x < 104:
		p.prober.next()
	case x < 194:
		p.readers[w.below(readers)].next()
	case x < 198:
		w.happenLate()
	default:
		w.fault(p.m)
	}
	if p.crashed {
		p.m.start()
	}
}

// happenLate lets an effect happen that its caller has given up.
func (w *world) happenLate() {
	if len(w.late) > 0 {
		i, last := w.below(len(w.late)), len(w.late)-1
		do := w.late[i]
		w.late[i], w.late = w.late[last], w.late[:last]
		do()
	}
}

// start kills the process of m and starts the next one.
func (m *member) start() {
	if m.process != nil {
		m.process.kill()
	}
	p := &process{w: m.w, m: m}
	m.process = p
	p.pending, p.proof = map[int64]commitlog.Event{}, -lease
	p.l1.era = newEra(commitlog.Head{})
	p.receiver, p.applier = newTask(p.receive), newTask(p.apply)
	p.prober, p.writer = newTask(p.probe), newTask(p.write)
	for i := range p.readers {
		p.readers[i] = newTask(p.read)
	}
	p.note("starts", -1)
}

func (p *process) kill() {
	for _, t := range []*task{p.receiver, p.applier, p.prober, p.writer, p.readers[0], p.readers[1]} {
		t.stop()
	}
}

// fault has something go wrong for m.
func (w *world) fault(m *member) {
	switch w.below(14) {
	case 0:
		m.dbAway = w.now + w.below(120)
	case 1:
		m.storeAway = w.now + w.below(80)
	case 2:
		m.busAway = w.now + w.below(150)
	case 3, 4, 5:
		m.redis.save()
	case 6, 7:
		if saved := m.redis.saved; len(saved) > 0 {
			w.note("a second level", "goes back", -1)
			saved[w.below(len(saved))]()
		}
	case 8:
		w.note("a second level", "is flushed", -1)
		m.redis.flush()
	case 9:
		w.note("a second level", "loses its watermark", -1)
		m.redis.loseWatermark()
	case 10, 11:
		if !w.hushed() {
			m.start()
		}
	case 12:
		w.db.trim(1 + w.below(3))
	case 13:
		switch n := w.below(len(w.db.moments)); {
		case w.hushed():
		case w.oneIn(4):
			w.db.restore(n, w.oneIn(2))
		case w.oneIn(8):
			w.db.restoreCold(n)
		}
	}
}

// hushed says whether the database has gone back in silence and nobody has
// noticed yet. Nothing else goes wrong then: whoever could notice might be lost.
func (w *world) hushed() bool {
	return w.db.unnoticed || w.redises[0].unasked || w.redises[1].unasked
}
