package wire

import "time"

// deadline is one of a connection. It is set when something is about to wait, and
// only if there is none that is hardly earlier: to set a timer three times for
// each request, most of which have come as a whole, costs more than to be early.
type deadline struct {
	wanted, there time.Time
	early         time.Duration // how much earlier it may be
}

// share is the part of the time that there is by which a deadline may be early.
const share = 32

// set sets it by to.
func (d *deadline) set(to func(time.Time) error) error {
	if by := d.wanted.Sub(d.there); d.wanted.IsZero() == d.there.IsZero() && by >= 0 && by <= d.early {
		return nil
	}
	d.there, d.early = d.wanted, 0
	if !d.wanted.IsZero() {
		d.early = max(0, time.Until(d.wanted)/share)
	}
	return to(d.wanted)
}

// SetReadDeadline implements [net.Conn]. It may come a little early.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.reading.wanted = t
	return nil
}

// SetWriteDeadline implements [net.Conn]. It may come a little early.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.writing.wanted = t
	return nil
}
