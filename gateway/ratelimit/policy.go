// Package ratelimit bounds how many requests may come from one place, and
// lets gateways that share a Redis count together.
//
// Each gateway has a token bucket of its own for every place. It decides by that
// alone, so that no request waits for anybody; several times a second the
// gateways tell each other, through Redis, what was taken. Without Redis each
// goes on by itself, by the same rule.
package ratelimit

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Policy is how much may be taken: Rate tokens per second in the long run, and
// what Window gives at once. A request costs one or more tokens.
type Policy struct {
	Name   string // letters only
	Rate   float64
	Window time.Duration

	item string // what clients are told of it
}

// burst is how many tokens a full bucket holds.
func (p Policy) burst() int { return max(1, int(p.Rate*p.Window.Seconds())) }

// told returns p as clients are told of it.
func (p Policy) told() Policy {
	p.item = fmt.Sprintf("%q;q=%d;w=%.0f", p.Name, p.burst(), math.Max(1, math.Ceil(p.Window.Seconds())))
	return p
}

// AppendPolicy appends an item of the RateLimit-Policy field to dst
// (draft-ietf-httpapi-ratelimit-headers-10).
func (p *Policy) AppendPolicy(dst []byte) []byte { return append(dst, p.item...) }

// Verdict is what becomes of a request.
type Verdict struct {
	Allowed   bool
	Remaining int           // tokens that are left
	Full      time.Duration // until as many are there as ever will be
	Retry     time.Duration // until this request would be allowed; zero if it is
}

// AppendLimit appends an item of the RateLimit field to dst.
func (v Verdict) AppendLimit(dst []byte, p *Policy) []byte {
	dst = append(append(append(dst, '"'), p.Name...), `";r=`...)
	dst = strconv.AppendInt(dst, int64(v.Remaining), 10)
	return strconv.AppendInt(append(dst, ";t="...), int64(math.Ceil(v.Full.Seconds())), 10)
}
