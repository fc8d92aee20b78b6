package authd

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"time"

	"stockroom/pkg/secret"
	"stockroom/services/auth"
)

// Config is everything an operator decides about the service. The variables
// are prefixed STOCKROOM_; the README explains them.
type Config struct {
	Env          string `env:"ENV"           envDefault:"production"`
	Addr         string `env:"ADDR"          envDefault:":8001"`
	InternalAddr string `env:"INTERNAL_ADDR" envDefault:":9001"`

	DatabaseURL string `env:"DATABASE_URL,required,notEmpty"`
	Migrate     bool   `env:"MIGRATE" envDefault:"true"` // else only look whether the schema is new enough
	NATSURL     string `env:"NATS_URL"`

	ImportURL string `env:"IMPORT_URL"` // the other database that the verb import reads

	Secret           string `env:"SECRET"`
	InternalToken    string `env:"INTERNAL_TOKEN"`
	UsersInternalURL string `env:"USERS_INTERNAL_URL" envDefault:"http://users:9002"`
	TokenIssuer      string `env:"TOKEN_ISSUER"       envDefault:"stockroom"`
	TokenAudience    string `env:"TOKEN_AUDIENCE"     envDefault:"stockroom"`

	SessionLifetime time.Duration `env:"SESSION_LIFETIME" envDefault:"720h"`
	SessionIdle     time.Duration `env:"SESSION_IDLE"     envDefault:"336h"`

	PasswordCost int `env:"PASSWORD_COST" envDefault:"12"`
	Hashers      int `env:"HASHERS"` // zero: as many as cores

	AdminEmail    string `env:"ADMIN_EMAIL"`
	AdminUsername string `env:"ADMIN_USERNAME"`
	AdminPassword string `env:"ADMIN_PASSWORD"`

	SMTPURL           string `env:"SMTP_URL"`
	MailFrom          string `env:"MAIL_FROM"`
	ResetURL          string `env:"RESET_URL"`
	VerifyURL         string `env:"VERIFY_URL"`
	EmailVerification string `env:"EMAIL_VERIFICATION" envDefault:"off"`

	Drain time.Duration `env:"DRAIN" envDefault:"500ms"`
	Grace time.Duration `env:"GRACE" envDefault:"15s"`
}

const (
	defaultCost = 12
	minCost     = 4 // of bcrypt; less than 10 is for tests
	maxCost     = 16

	// minSession leaves time to use what a session is for: an access token.
	minSession = 2 * auth.AccessLifetime
)

var (
	errAdmin   = errors.New("STOCKROOM_ADMIN_EMAIL, _USERNAME and _PASSWORD must be set together")
	errCost    = fmt.Errorf("STOCKROOM_PASSWORD_COST must be from %d to %d", minCost, maxCost)
	errSession = fmt.Errorf("STOCKROOM_SESSION_LIFETIME and _IDLE must be at least %s", minSession)
)

// orDefault fills in what a Config that was not read from the environment
// leaves open.
func (c Config) orDefault() Config {
	c.PasswordCost = cmp.Or(c.PasswordCost, defaultCost)
	c.SessionLifetime = cmp.Or(c.SessionLifetime, auth.SessionLifetime)
	c.SessionIdle = cmp.Or(c.SessionIdle, auth.IdleLifetime)
	c.EmailVerification = cmp.Or(c.EmailVerification, string(auth.VerificationOff))
	c.Hashers = cmp.Or(max(c.Hashers, 0), runtime.GOMAXPROCS(0))
	return c
}

func (c Config) check() error {
	production := c.Env == "production"
	if !production && c.Env != "development" {
		return fmt.Errorf("STOCKROOM_ENV is %q, want production or development", c.Env)
	}
	if c.PasswordCost < minCost || c.PasswordCost > maxCost {
		return errCost
	}
	if c.SessionLifetime < minSession || c.SessionIdle < minSession {
		return errSession
	}
	given := 0
	for _, v := range []string{c.AdminEmail, c.AdminUsername, c.AdminPassword} {
		if v != "" {
			given++
		}
	}
	if given != 0 && given != 3 {
		return errAdmin
	}
	err := secret.Check("STOCKROOM_ADMIN_PASSWORD", c.AdminPassword, production)
	if given == 0 || !errors.Is(err, secret.ErrKnown) { // how long it is the rules for passwords say
		err = nil
	}
	return errors.Join(
		err,
		c.checkMail(),
		secret.Check("STOCKROOM_SECRET", c.Secret, production),
		secret.Check("STOCKROOM_INTERNAL_TOKEN", c.InternalToken, production),
	)
}
