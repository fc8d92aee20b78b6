package catalogd_test

import (
	"crypto/rand"
	"testing"
	"time"

	"stockroom/pkg/token/tokentest"
	"stockroom/services/catalog/catalogd"
)

// world is what a catalog finds around it: it stands in for auth and users.
type world struct {
	issuer *tokentest.Issuer
	doors  tokentest.Doors
}

func newWorld(t *testing.T) *world {
	t.Helper()

	issuer := tokentest.New(t)
	return &world{issuer, issuer.Serve(t)}
}

// config returns one that is fit for production but for its short times.
func (w *world) config(databaseURL string) catalogd.Config {
	return catalogd.Config{
		Env: "production", DatabaseURL: databaseURL, Migrate: true,
		InternalToken: rand.Text() + rand.Text(), AuthURL: w.doors.Auth,
		AuthInternalURL: w.doors.AuthInternal, UsersInternalURL: w.doors.UsersInternal,
		TokenIssuer: tokentest.Name, TokenAudience: tokentest.Audience,
		Grace: 10 * time.Second,
	}
}

func (w *world) token(t *testing.T, role string) string {
	t.Helper()

	return w.issuer.Token(t, "00000000-0000-7000-8000-00000000ac70", role)
}
