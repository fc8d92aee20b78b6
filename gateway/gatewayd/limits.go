package gatewayd

import (
	"log/slog"
	"net/netip"
	"time"

	"stockroom/gateway/ratelimit"
	"stockroom/pkg/errs"
	"stockroom/pkg/wire"
)

var errRateLimited = errs.New(errs.Throttled, "rate_limited", "Too many requests")

// limits bounds what comes from one address, and for one account.
type limits struct {
	address *ratelimit.Limiter[netip.Addr] // nil: no limit
	account *ratelimit.Limiter[string]
}

// redisTimeout is for what no request waits for.
const redisTimeout = 100 * time.Millisecond

func (cfg Config) limits(shared ratelimit.Shared, log *slog.Logger) (l limits) {
	policy := func(name string, rate float64) ratelimit.Policy {
		return ratelimit.Policy{Name: name, Rate: rate, Window: cfg.RateWindow}
	}
	if cfg.RateAddress > 0 {
		l.address = ratelimit.New(policy("address", cfg.RateAddress), netip.Addr.String, shared, log, time.Now)
	}
	if cfg.RateAccount > 0 {
		l.account = ratelimit.New(policy("account", cfg.RateAccount), func(id string) string { return id }, shared, log, time.Now)
	}
	return l
}

// limitAddress counts the request against where it comes from.
func (s *Server) limitAddress(x *exchange, cost int) error {
	if s.limits.address == nil || cost == free || !x.client.IsValid() {
		return nil
	}
	return count(x, s.limits.address, wire.Network(x.client), cost)
}

// limitAccount counts the request against who is signed in.
func (s *Server) limitAccount(x *exchange, account string, cost int) error {
	if s.limits.account == nil {
		return nil
	}
	return count(x, s.limits.account, account, cost)
}

// count takes what the request costs, and tells the client what is left.
func count[K comparable](x *exchange, l *ratelimit.Limiter[K], k K, cost int) error {
	v := l.Take(k, cost, x.observed.Began())
	x.limits = append(x.limits, limited{l.Policy(), v})
	if !v.Allowed {
		return errRateLimited.After(v.Retry)
	}
	return nil
}

// limited is what one limit has said of a request.
type limited struct {
	policy  *ratelimit.Policy
	verdict ratelimit.Verdict
}

// tellLimits puts onto the answer what limits have said.
func (x *exchange) tellLimits() {
	if len(x.limits) == 0 {
		return
	}
	var policyBuf, limitBuf [80]byte
	policies, left := policyBuf[:0], limitBuf[:0]
	for i, l := range x.limits {
		if i > 0 {
			policies, left = append(policies, ", "...), append(left, ", "...)
		}
		policies, left = l.policy.AppendPolicy(policies), l.verdict.AppendLimit(left, l.policy)
	}
	x.Response.Header.SetCanonical(namePolicy, policies)
	x.Response.Header.SetCanonical(nameLimit, left)
}
