package usersd

import (
	"errors"
	"fmt"
	"time"

	"stockroom/pkg/secret"
)

// Config is everything an operator decides about the service. The variables
// are prefixed STOCKROOM_; the README explains them.
type Config struct {
	Env          string `env:"ENV" envDefault:"production"`
	Addr         string `env:"ADDR" envDefault:":8002"`
	InternalAddr string `env:"INTERNAL_ADDR" envDefault:":9002"`

	DatabaseURL string `env:"DATABASE_URL,required,notEmpty"`
	Migrate     bool   `env:"MIGRATE" envDefault:"true"` // else only look whether the schema is new enough
	NATSURL     string `env:"NATS_URL"`

	ImportURL string `env:"IMPORT_URL"` // the other database that the verb import reads

	InternalToken         string `env:"INTERNAL_TOKEN"`
	InternalTokenPrevious string `env:"INTERNAL_TOKEN_PREVIOUS"` // opens the internal door too
	AuthURL               string `env:"AUTH_URL" envDefault:"http://auth:8001"`
	AuthInternalURL       string `env:"AUTH_INTERNAL_URL" envDefault:"http://auth:9001"`
	TokenIssuer           string `env:"TOKEN_ISSUER" envDefault:"stockroom"`
	TokenAudience         string `env:"TOKEN_AUDIENCE" envDefault:"stockroom"`

	Drain time.Duration `env:"DRAIN" envDefault:"500ms"`
	Grace time.Duration `env:"GRACE" envDefault:"15s"`
}

func (c Config) check() error {
	switch c.Env {
	case "production", "development":
	default:
		return fmt.Errorf("STOCKROOM_ENV is %q, want production or development", c.Env)
	}
	production := c.Env == "production"
	return errors.Join(
		secret.Check("STOCKROOM_INTERNAL_TOKEN", c.InternalToken, production),
		secret.CheckOptional("STOCKROOM_INTERNAL_TOKEN_PREVIOUS", c.InternalTokenPrevious, production),
	)
}
