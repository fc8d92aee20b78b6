package httpapi

import (
	"strings"
	"time"

	"stockroom/pkg/errs"
	"stockroom/pkg/password"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

// registration takes the other members of an account too, and ignores them:
// nobody gives themselves a role.
type registration struct {
	Email    string `json:"email"    doc:"Unique whatever its letter case; at most 254 bytes"`
	Username string `json:"username" doc:"Unique whatever its letter case; 3 to 100 characters without @, blanks and control characters"`
	Password string `json:"password" doc:"8 to 100 characters, with an upper-case letter, a lower-case letter and a digit; not a common one" format:"password"`

	ID            string `json:"id,omitempty"         readOnly:"true"`
	Role          string `json:"role,omitempty"       readOnly:"true"`
	IsActive      bool   `json:"is_active,omitempty"  readOnly:"true"`
	EmailVerified bool   `json:"email_verified,omitempty" readOnly:"true"`
	CreatedAt     string `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt     string `json:"updated_at,omitempty" readOnly:"true"`
}

func (r registration) registration() auth.Registration {
	return auth.Registration{Email: r.Email, Username: r.Username, Password: r.Password}
}

// Validate adds what is wrong with the other members when one is missing. When
// none is, users is asked, who knows better.
func (r registration) Validate() error {
	if strings.TrimSpace(r.Email) != "" && strings.TrimSpace(r.Username) != "" && r.Password != "" {
		return nil
	}
	return errs.Validation(append(r.registration().Check(), password.Check("/password", r.Password)...)...)
}

// passwordForm is the form of RFC 6749, 4.3.2. There is one client and no
// scope, so their members are taken and not looked at.
type passwordForm struct {
	GrantType    web.Optional[string] `json:"grant_type"    enum:"password"`
	Username     string               `json:"username"`
	Password     string               `json:"password"      format:"password"`
	Scope        web.Optional[string] `json:"scope"`
	ClientID     web.Optional[string] `json:"client_id"`
	ClientSecret web.Optional[string] `json:"client_secret" format:"password"`
}

type login struct {
	Username string `json:"username" doc:"In any letter case"`
	Password string `json:"password" format:"password"`
}

type refresh struct {
	RefreshToken string `json:"refresh_token"`
}

type tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type" enum:"bearer"`
	ExpiresIn    int    `json:"expires_in" doc:"Seconds that the access token is good for"`
}

func tokensOf(t auth.Tokens) tokens {
	return tokens{t.Access, t.Refresh, "bearer", int(t.ExpiresIn / time.Second)}
}

type account struct {
	ID            string `json:"id"         format:"uuid"`
	Email         string `json:"email"`
	Username      string `json:"username"`
	Role          string `json:"role"       enum:"admin,user"`
	IsActive      bool   `json:"is_active"`
	EmailVerified bool   `json:"email_verified" doc:"Somebody has shown that mail to this address reaches them"`
	CreatedAt     string `json:"created_at" format:"date-time"`
	UpdatedAt     string `json:"updated_at" format:"date-time"`
}

func accountOf(a auth.Account) account {
	return account{
		ID:            string(a.ID),
		Email:         a.Email,
		Username:      a.Username,
		Role:          string(a.Role),
		IsActive:      a.Active,
		EmailVerified: a.EmailVerified,
		CreatedAt:     formatTime(a.CreatedAt),
		UpdatedAt:     formatTime(a.UpdatedAt),
	}
}

func formatTime(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}
