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
	RedisURL    string `env:"REDIS_URL"` // may be empty: each replica counts failures alone

	ImportURL string `env:"IMPORT_URL"` // the other database that the verb import reads

	Secret                string `env:"SECRET"`
	SecretPrevious        string `env:"SECRET_PREVIOUS"`
	InternalToken         string `env:"INTERNAL_TOKEN"`
	InternalTokenPrevious string `env:"INTERNAL_TOKEN_PREVIOUS"`
	UsersInternalURL      string `env:"USERS_INTERNAL_URL" envDefault:"http://users:9002"`
	TokenIssuer           string `env:"TOKEN_ISSUER"       envDefault:"stockroom"`
	TokenAudience         string `env:"TOKEN_AUDIENCE"     envDefault:"stockroom"`

	KeyLifetime time.Duration `env:"KEY_LIFETIME" envDefault:"720h"` // zero: until one is asked for
	KeyLead     time.Duration `env:"KEY_LEAD"     envDefault:"5m"`

	Login Login `envPrefix:"LOGIN_"`

	SessionLifetime time.Duration `env:"SESSION_LIFETIME" envDefault:"720h"`
	SessionIdle     time.Duration `env:"SESSION_IDLE"     envDefault:"336h"`

	PasswordCost int `env:"PASSWORD_COST" envDefault:"12"`
	Hashers      int `env:"HASHERS"` // zero: as many as cores

	// HashAside hashes in threads of lower priority. Only a program that
	// has called MakeRoom may set it.
	HashAside bool

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

// Login is how failed sign-ins slow down.
type Login struct {
	FreeFailures        int           `env:"FREE_FAILURES"         envDefault:"5"` // of one name from one address
	AddressFreeFailures int           `env:"ADDRESS_FREE_FAILURES" envDefault:"100"`
	Delay               time.Duration `env:"DELAY"                 envDefault:"1s"` // the first one
	MaxDelay            time.Duration `env:"MAX_DELAY"             envDefault:"15m"`
	AddressMaxDelay     time.Duration `env:"ADDRESS_MAX_DELAY"     envDefault:"1m"`
	Keep                time.Duration `env:"KEEP"                  envDefault:"1h"` // after the last failure
}

// defaultLogin is also what the tags say.
func defaultLogin() Login {
	return Login{
		FreeFailures: 5, AddressFreeFailures: 100, Delay: time.Second,
		MaxDelay: 15 * time.Minute, AddressMaxDelay: time.Minute, Keep: time.Hour,
	}
}

func (l Login) limits() auth.Limits {
	return auth.Limits{
		Name:    auth.Limit{Free: l.FreeFailures, First: l.Delay, Max: l.MaxDelay, Keep: l.Keep},
		Address: auth.Limit{Free: l.AddressFreeFailures, First: l.Delay, Max: l.AddressMaxDelay, Keep: l.Keep},
	}
}

func (l Login) check() error {
	if l.FreeFailures < 0 || l.AddressFreeFailures < 0 || l.Delay < time.Millisecond {
		return errLogin
	}
	if l.Keep <= max(l.MaxDelay, l.AddressMaxDelay) {
		return errKeep
	}
	return nil
}

// DefaultKeyLifetime is how long a signing key signs, by default.
const DefaultKeyLifetime = 30 * 24 * time.Hour

// MakeRoom prepares the whole process for so many hashers, or as many as there
// are cores if that is zero, and returns how many they are. A hasher keeps one of
// the processors of Go's scheduler also while the system gives its thread no
// time; so there have to be as many more. It is for main functions.
func MakeRoom(hashers int) int {
	cores := runtime.GOMAXPROCS(0)
	hashers = cmp.Or(max(hashers, 0), cores)
	runtime.GOMAXPROCS(cores + hashers)
	return hashers
}

const (
	defaultCost = 12
	defaultLead = 5 * time.Minute
	minLead     = 5 * time.Second // verifiers look for new keys five times in it, but once a second at most
	minCost     = 4               // of bcrypt; less than 10 is for tests
	maxCost     = 16

	// minSession leaves time to use what a session is for: an access token.
	minSession = 2 * auth.AccessLifetime
)

var (
	errAdmin   = errors.New("STOCKROOM_ADMIN_EMAIL, _USERNAME and _PASSWORD must be set together")
	errLead    = fmt.Errorf("STOCKROOM_KEY_LEAD must be at least %s, and STOCKROOM_KEY_LIFETIME longer, or 0", minLead)
	errLogin   = errors.New("STOCKROOM_LOGIN_FREE_FAILURES and _ADDRESS_FREE_FAILURES must not be negative, STOCKROOM_LOGIN_DELAY at least 1ms")
	errKeep    = errors.New("STOCKROOM_LOGIN_KEEP must be longer than _MAX_DELAY and _ADDRESS_MAX_DELAY")
	errCost    = fmt.Errorf("STOCKROOM_PASSWORD_COST must be from %d to %d", minCost, maxCost)
	errSession = fmt.Errorf("STOCKROOM_SESSION_LIFETIME and _IDLE must be at least %s", minSession)
)

// orDefault fills in what a Config that was not read from the environment
// leaves open.
func (c Config) orDefault() Config {
	c.PasswordCost = cmp.Or(c.PasswordCost, defaultCost)
	c.KeyLead = cmp.Or(c.KeyLead, defaultLead)
	if c.Login == (Login{}) {
		c.Login = defaultLogin()
	}
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
	if c.KeyLead < minLead || c.KeyLifetime < 0 || c.KeyLifetime != 0 && c.KeyLifetime <= c.KeyLead {
		return errLead
	}
	if err := c.Login.check(); err != nil {
		return err
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
		secret.CheckOptional("STOCKROOM_SECRET_PREVIOUS", c.SecretPrevious, production),
		secret.Check("STOCKROOM_INTERNAL_TOKEN", c.InternalToken, production),
		secret.CheckOptional("STOCKROOM_INTERNAL_TOKEN_PREVIOUS", c.InternalTokenPrevious, production),
	)
}
