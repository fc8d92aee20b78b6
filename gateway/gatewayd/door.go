package gatewayd

import (
	"crypto/tls"
	"net"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/wire"
)

// What all requests together may hold at once of bodies and answers that are
// larger than [wire.Free]. Who does not fit waits, and is told to come back later.
const (
	bodiesBudget  = 32 << 20
	answersBudget = 48 << 20
)

// open bounds what comes through the public door.
func (s *Server) open(cfg Config, public net.Listener) *wire.Listener {
	if s.certificate != nil {
		public = tls.NewListener(public, s.certificate.Config())
	}
	limits := wire.Limits{
		Connections: cfg.MaxConnections,
		PerAddress:  cfg.MaxConnectionsPerAddress,
		Exempt:      s.proxies.Contain,
		First:       firstTimeout,
		Head:        headTimeout,
		Body:        maxBody,
		SmallBody:   readTimeout,
		Bodies:      wire.NewBudget(bodiesBudget),
	}
	if s.table.uploads {
		limits.Streams = s.table.streams
	}
	return wire.ListenWithin(public, limits)
}

// owe keeps count of n bytes of an answer until its client has taken them.
func (s *Server) owe(x *exchange, n int64) {
	if c, ok := x.Conn().(*wire.Conn); ok {
		c.Owe(s.answers, n)
		return
	}
	s.answers.Return(n)
}

// measureDoor shows in t how many connections there are, and what is kept.
func (s *Server) measureDoor(t *telemetry.Telemetry) {
	ln := s.public
	t.Gauge("connections_open", "Connections of clients.", func() float64 { return float64(ln.Connections().Open) })
	for reason, of := range map[string]func(wire.Connections) int64{
		"full":    func(c wire.Connections) int64 { return c.Full },
		"address": func(c wire.Connections) int64 { return c.Greedy },
		"idle":    func(c wire.Connections) int64 { return c.Evicted },
		"slow":    func(c wire.Connections) int64 { return c.Slow },
	} {
		t.Counter("connections_closed_total", "Connections closed to bound how many there are.",
			func() float64 { return float64(of(ln.Connections())) }, "reason", reason)
	}
	for kept, b := range map[string]*wire.Budget{"bodies": ln.Bodies(), "answers": s.answers} {
		t.Gauge("buffered_bytes", "What large bodies and answers take up.", func() float64 { return float64(b.Taken()) }, "kept", kept)
		t.Counter("buffered_refusals_total", "Requests for whose body or answer there was no room in time.",
			func() float64 { return float64(b.Refused()) }, "kept", kept)
	}
}
