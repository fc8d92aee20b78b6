package gatewayd

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"stockroom/gateway/ingress"
	"stockroom/pkg/secret"
)

// Config is the configuration of the gateway, from the environment variables
// STOCKROOM_ADDR and so on.
type Config struct {
	Env          string `env:"ENV" envDefault:"production"` // or development, which permits weak secrets
	Addr         string `env:"ADDR" envDefault:":8000"`
	InternalAddr string `env:"INTERNAL_ADDR" envDefault:":9000"`

	// Every replica of a service; requests are spread over those that are ready.
	AuthURLs    []string `env:"AUTH_URLS" envDefault:"http://auth:8001"`
	UsersURLs   []string `env:"USERS_URLS" envDefault:"http://users:8002"`
	CatalogURLs []string `env:"CATALOG_URLS" envDefault:"http://catalog:8003"`

	// Where each replica says whether it is ready; none: same host, port + 1000.
	AuthInternalURLs    []string `env:"AUTH_INTERNAL_URLS"`
	UsersInternalURLs   []string `env:"USERS_INTERNAL_URLS"`
	CatalogInternalURLs []string `env:"CATALOG_INTERNAL_URLS"`

	// What tokens are checked with.
	AuthURL               string `env:"AUTH_URL" envDefault:"http://auth:8001"`            // its signing keys
	AuthInternalURL       string `env:"AUTH_INTERNAL_URL" envDefault:"http://auth:9001"`   // sessions that ended
	UsersInternalURL      string `env:"USERS_INTERNAL_URL" envDefault:"http://users:9002"` // rights taken away
	InternalToken         string `env:"INTERNAL_TOKEN"`                                    // to ask for them
	InternalTokenPrevious string `env:"INTERNAL_TOKEN_PREVIOUS"`                           // opens the internal door too
	NATSURL               string `env:"NATS_URL"`                                          // to hear of them at once; may be empty
	TokenIssuer           string `env:"TOKEN_ISSUER" envDefault:"stockroom"`
	TokenAudience         string `env:"TOKEN_AUDIENCE" envDefault:"stockroom"`

	// Files in PEM; with them the public door speaks TLS, and takes up others
	// when they change.
	TLSCertificate string `env:"TLS_CERTIFICATE"`
	TLSKey         string `env:"TLS_KEY"`

	Clients
	RedisURL string `env:"REDIS_URL"` // where gateways count requests together; may be empty

	// How a stop goes: not ready for this long, so that nobody sends more, then
	// this long to finish what is under way.
	Drain time.Duration `env:"DRAIN" envDefault:"500ms"`
	Grace time.Duration `env:"GRACE" envDefault:"15s"`

	more []route // besides those of the product
}

// Clients is what the gateway grants whoever calls it.
type Clients struct {
	// Pages of which origins may use the API in a browser: https://shop.example,
	// or * for all.
	CORSOrigins     []string `env:"CORS_ORIGINS"`
	CORSCredentials bool     `env:"CORS_CREDENTIALS"` // cookies and client certificates too

	// The networks of the proxies that may say where a request comes from.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES"`

	// Connections in all and from one address that is not a proxy's; zero for
	// no limit.
	MaxConnections           int `env:"MAX_CONNECTIONS" envDefault:"10000"`
	MaxConnectionsPerAddress int `env:"MAX_CONNECTIONS_PER_ADDRESS" envDefault:"1000"`

	// Requests per second from one address and for one account, zero for no
	// limit, and how much of it may come at once.
	RateAddress float64       `env:"RATE_ADDRESS" envDefault:"300"`
	RateAccount float64       `env:"RATE_ACCOUNT" envDefault:"100"`
	RateWindow  time.Duration `env:"RATE_WINDOW" envDefault:"2s"`
}

func (cfg Config) routes() []route { return slices.Concat(routes, cfg.more) }

var (
	errRates       = errors.New("STOCKROOM_RATE_ADDRESS, _ACCOUNT and _WINDOW cannot be negative")
	errConnections = errors.New("STOCKROOM_MAX_CONNECTIONS and _PER_ADDRESS cannot be negative")
)

func (cfg Config) check() error {
	switch cfg.Env {
	case "production", "development":
	default:
		return fmt.Errorf("STOCKROOM_ENV is %q, want production or development", cfg.Env)
	}
	if err := ingress.Proxies(cfg.TrustedProxies).Check(); err != nil {
		return fmt.Errorf("STOCKROOM_TRUSTED_PROXIES: %w", err)
	}
	if cfg.RateAddress < 0 || cfg.RateAccount < 0 || cfg.RateWindow < 0 {
		return errRates
	}
	if cfg.MaxConnections < 0 || cfg.MaxConnectionsPerAddress < 0 {
		return errConnections
	}
	if err := validate(cfg.routes()); err != nil {
		return err
	}
	production := cfg.Env == "production"
	return errors.Join(
		secret.Check("STOCKROOM_INTERNAL_TOKEN", cfg.InternalToken, production),
		secret.CheckOptional("STOCKROOM_INTERNAL_TOKEN_PREVIOUS", cfg.InternalTokenPrevious, production),
	)
}
