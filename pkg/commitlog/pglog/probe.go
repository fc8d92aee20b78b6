package pglog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/commitlog"
)

// probe is a connection beside the pool. Whoever reads the log must not wait
// behind requests that hold all connections of the pool: caches would lose their
// lease, and send still more requests to the database.
type probe struct {
	cfg  *pgxpool.Config
	turn chan struct{} // holds one token: who has it may use what follows
	conn *pgx.Conn     // nil while not connected

	head     commitlog.Head // as last read
	timeline string         // of the server that it was read from; empty at first
}

const closeTimeout = time.Second

func newProbe(cfg *pgxpool.Config) *probe {
	p := &probe{cfg: cfg, turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// do runs fn on the connection, one at a time. It closes the connection if fn
// fails: the next may find a server that works, or is the primary.
func (p *probe) do(ctx context.Context, fn func(*pgx.Conn) error) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.turn:
	}
	defer func() { p.turn <- struct{}{} }()

	if p.conn == nil {
		conn, err := p.connect(ctx)
		if err != nil {
			return err
		}
		p.conn = conn
	}
	err := fn(p.conn)
	if err != nil {
		p.disconnect(ctx)
	}
	return err
}

func (p *probe) connect(ctx context.Context) (*pgx.Conn, error) {
	cfg := p.cfg.ConnConfig.Copy()
	if p.cfg.BeforeConnect != nil { // it may renew the password
		if err := p.cfg.BeforeConnect(ctx, cfg); err != nil {
			return nil, err
		}
	}
	return pgx.ConnectConfig(ctx, cfg)
}

func (p *probe) disconnect(ctx context.Context) {
	if p.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	_ = p.conn.Close(ctx) // it is closed in any case
	p.conn = nil
}

// tookOver reports whether head comes from another server than the last one,
// and nobody has begun a new epoch for it yet.
func (p *probe) tookOver(head commitlog.Head, timeline string) bool {
	return p.timeline != "" && p.timeline != timeline && p.head.Epoch == head.Epoch
}
