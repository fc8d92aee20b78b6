package stack

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/testkit"
	"stockroom/pkg/web"
	"stockroom/services/auth/authd"
	"stockroom/services/catalog/catalogd"
	"stockroom/services/users/usersd"
)

// Assembled starts every service inside the test, two of the catalog, on
// PostgreSQL, Redis and NATS as in production. Each speaks with the voice that
// is made for its name. All but auth find the signing keys where keys leads to,
// given the address of auth; keys may be nil. They stop with tb.
func Assembled(tb testing.TB, voice func(service string) *telemetry.Telemetry, keys func(auth string) string) *System {
	tb.Helper()

	const env, grace = "development", 15 * time.Second
	ctx, token, db := tb.Context(), secret(), newDatabase(tb, false)
	nats := testkit.NewNATSServer(tb)
	auth, users, gateway := open(tb), open(tb), open(tb)
	catalogs := []web.Doors{open(tb), open(tb)}

	signed := public(auth)
	if keys != nil {
		signed = keys(signed)
	}

	var servers []run.Server
	add := func(s run.Server, err error) {
		require.NoError(tb, err)
		servers = append(servers, s)
	}
	add(usersd.New(ctx, usersd.Config{
		Env: env, Migrate: true, DatabaseURL: db.url(tb, "users"), NATSURL: nats.URL(), InternalToken: token,
		AuthURL: signed, AuthInternalURL: internal(auth), TokenIssuer: issuer, TokenAudience: audience, Grace: grace,
	}, users, voice("users")))
	add(authd.New(ctx, authd.Config{
		Env: env, Migrate: true, DatabaseURL: db.url(tb, "auth"), NATSURL: nats.URL(), InternalToken: token,
		Secret: secret(), PasswordCost: quickHash, UsersInternalURL: internal(users),
		AdminEmail: admin.Email, AdminUsername: admin.Username, AdminPassword: admin.Password,
		TokenIssuer: issuer, TokenAudience: audience, Grace: grace,
	}, auth, voice("auth")))
	routes := gatewayd.Config{
		Clients: gatewayd.Clients{RateAddress: 1e6, RateAccount: 1e6, RateWindow: time.Second},
		Env:     env, NATSURL: nats.URL(), InternalToken: token,
		AuthURLs: []string{public(auth)}, AuthInternalURLs: []string{internal(auth)},
		UsersURLs: []string{public(users)}, UsersInternalURLs: []string{internal(users)},
		AuthURL: signed, AuthInternalURL: internal(auth), UsersInternalURL: internal(users),
		TokenIssuer: issuer, TokenAudience: audience, Grace: grace,
	}
	catalogDB := db.url(tb, "catalog")
	for _, at := range catalogs {
		add(catalogd.New(ctx, catalogd.Config{
			Env: env, Migrate: true, DatabaseURL: catalogDB, RedisURL: testkit.NewRedisServer(tb).URL(), NATSURL: nats.URL(), InternalToken: token,
			AuthURL: signed, AuthInternalURL: internal(auth), UsersInternalURL: internal(users),
			TokenIssuer: issuer, TokenAudience: audience, Grace: grace,
		}, at, voice("catalog")))
		routes.CatalogURLs = append(routes.CatalogURLs, public(at))
		routes.CatalogInternalURLs = append(routes.CatalogInternalURLs, internal(at))
	}
	add(gatewayd.New(ctx, routes, gateway, voice("gateway")))

	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- run.All(ctx, servers...) }()
	tb.Cleanup(func() {
		stop()
		require.NoError(tb, <-done)
	})
	s := &System{URL: public(gateway), Admin: admin, Issuer: issuer, Catalogs: routes.CatalogURLs}
	s.Await(tb)
	return s
}

func open(tb testing.TB) web.Doors {
	tb.Helper()

	doors, err := web.Listen(tb.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(tb, err)
	return doors
}

func public(d web.Doors) string   { return "http://" + d.Public.Addr().String() }
func internal(d web.Doors) string { return "http://" + d.Internal.Addr().String() }
