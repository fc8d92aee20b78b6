package gatewayd

import (
	"fmt"

	"stockroom/gateway/certificate"
	"stockroom/gateway/ingress"
	"stockroom/gateway/ratelimit"
	"stockroom/pkg/redisdb"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
)

// edge is what stands between clients and the routing table.
type edge struct {
	proxies     ingress.Proxies
	cors        cors
	certificate *certificate.Files // nil: no TLS here
	limits      limits
	close       func()
}

// edge makes the edge as cfg says.
func (cfg Config) edge(t *telemetry.Telemetry) (e edge, err error) {
	e = edge{proxies: cfg.TrustedProxies, close: func() {}}
	if e.cors, err = newCORS(cfg.CORSOrigins, cfg.CORSCredentials); err != nil {
		return e, err
	}
	if cfg.TLSCertificate != "" || cfg.TLSKey != "" {
		if e.certificate, err = certificate.Open(cfg.TLSCertificate, cfg.TLSKey, t.Log); err != nil {
			return e, fmt.Errorf("STOCKROOM_TLS_CERTIFICATE and STOCKROOM_TLS_KEY: %w", err)
		}
	}
	var shared ratelimit.Shared
	if cfg.RedisURL != "" {
		client, err := redisdb.Connect(cfg.RedisURL, redisTimeout)
		if err != nil {
			return e, err
		}
		shared, e.close = ratelimit.NewRedis(client), func() { _ = client.Close() } // nobody needs it any more
	}
	e.limits = cfg.limits(shared, t.Log)
	return e, nil
}

// servers returns what has to run.
func (e edge) servers() (all []run.Server) {
	if e.certificate != nil {
		all = append(all, e.certificate)
	}
	if e.limits.address != nil {
		all = append(all, e.limits.address)
	}
	if e.limits.account != nil {
		all = append(all, e.limits.account)
	}
	return all
}

func (e edge) measure(t *telemetry.Telemetry) {
	t.Gauge("tls_certificate_expiry_timestamp_seconds", "End of the certificate in use, in Unix time; zero without TLS.", func() float64 {
		if e.certificate == nil {
			return 0
		}
		return float64(e.certificate.Until().Unix())
	})
	if e.limits.address != nil {
		e.limits.address.Measure(t)
	}
	if e.limits.account != nil {
		e.limits.account.Measure(t)
	}
}
