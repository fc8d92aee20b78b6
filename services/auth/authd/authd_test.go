package authd_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/testkit"
	"stockroom/pkg/web"
	"stockroom/services/auth/authd"
	"stockroom/services/auth/authtest"
)

const (
	strong = "q8Zr2LxV0mT5cWn7KdYh3JpS6bUe9GaF"
	good   = "Correct-Horse-7"
)

func config(t *testing.T, users string) authd.Config {
	t.Helper()
	return authd.Config{
		Env: "production", DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "auth.db"), Migrate: true,
		Secret: strong, InternalToken: strong, UsersInternalURL: users,
		TokenIssuer: "stockroom", TokenAudience: "stockroom", PasswordCost: 4, Grace: 10 * time.Second,
		AdminEmail: "root@example.com", AdminUsername: "root", AdminPassword: good,
	}
}

func listen(t *testing.T) web.Doors {
	t.Helper()
	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, doors.Close()) })
	return doors
}

// start runs a server until the test ends.
func start(t *testing.T, cfg authd.Config) *authd.Server {
	t.Helper()
	s, err := authd.New(t.Context(), cfg, listen(t), telemetry.Discard())
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return s
}

func newUsers(t *testing.T) (*authtest.Accounts, string) {
	t.Helper()
	accounts := authtest.NewAccounts()
	server := httptest.NewServer(authtest.Door(accounts, strong))
	t.Cleanup(server.Close)
	return accounts, server.URL
}

func ask(t *testing.T, method, url, body, token string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	var out map[string]any
	require.NoError(t, json.Unmarshal(data, &out), string(data))
	return res.StatusCode, out
}

// signIn signs in the first administrator, once there is one.
func signIn(t *testing.T, s *authd.Server) map[string]any {
	t.Helper()
	var tokens map[string]any
	require.Eventually(t, func() bool {
		var status int
		status, tokens = ask(t, http.MethodPost, "http://"+s.Addr()+"/api/v1/auth/login/json",
			`{"username":"root","password":"`+good+`"}`, "")
		return status == http.StatusOK
	}, 30*time.Second, 10*time.Millisecond)
	return tokens
}

func TestServiceOnBothEngines(t *testing.T) {
	t.Parallel()

	for name, database := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { t.Helper(); return "sqlite:" + filepath.Join(t.TempDir(), "auth.db") },
		"PostgreSQL": func(t *testing.T) string { t.Helper(); return testkit.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, users := newUsers(t)
			cfg := config(t, users)
			cfg.DatabaseURL = database(t)
			one, two := start(t, cfg), start(t, cfg)

			tokens := signIn(t, one)

			for _, s := range []*authd.Server{one, two} { // replicas sign with the same key
				status, me := ask(t, http.MethodGet, "http://"+s.Addr()+"/api/v1/auth/me", "", tokens["access_token"].(string))
				require.Equal(t, http.StatusOK, status, me)
				require.Equal(t, "root", me["username"])
				require.Equal(t, "admin", me["role"])
				require.Eventually(t, func() bool { // it knows the log of users, and its own
					status, _ := ask(t, http.MethodGet, "http://"+s.InternalAddr()+"/readyz", "", "")
					return status == http.StatusOK
				}, 30*time.Second, 10*time.Millisecond)
			}
		})
	}
}

func TestTokensOutliveARestart(t *testing.T) {
	t.Parallel()
	_, users := newUsers(t)
	cfg := config(t, users)
	var tokens map[string]any
	t.Run("Before", func(t *testing.T) {
		tokens = signIn(t, start(t, cfg))
	})
	s := start(t, cfg)

	status, me := ask(t, http.MethodGet, "http://"+s.Addr()+"/api/v1/auth/me", "", tokens["access_token"].(string))
	require.Equal(t, http.StatusOK, status, me)
	status, next := ask(t, http.MethodPost, "http://"+s.Addr()+"/api/v1/auth/refresh",
		`{"refresh_token":"`+tokens["refresh_token"].(string)+`"}`, "")
	require.Equal(t, http.StatusOK, status, next)
}

func TestAdministratorIsMadeWhenUsersComesLate(t *testing.T) {
	t.Parallel()
	accounts := authtest.NewAccounts()
	server := httptest.NewUnstartedServer(authtest.Door(accounts, strong))
	s := start(t, config(t, "http://"+server.Listener.Addr().String()))

	server.Start()
	t.Cleanup(server.Close)

	signIn(t, s)
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		change func(*authd.Config)
		want   string
	}{
		"NoSecret":            {func(c *authd.Config) { c.Secret = "" }, "STOCKROOM_SECRET is not set"},
		"ShortSecret":         {func(c *authd.Config) { c.Secret = "q8Zr2LxV0mT5cWn7" }, "STOCKROOM_SECRET is shorter"},
		"KnownSecret":         {func(c *authd.Config) { c.Secret = "change-me-" + strong }, "STOCKROOM_SECRET is a known default"},
		"NoInternalToken":     {func(c *authd.Config) { c.InternalToken = "" }, "STOCKROOM_INTERNAL_TOKEN is not set"},
		"KnownInternalToken":  {func(c *authd.Config) { c.InternalToken = "dev-" + strong }, "STOCKROOM_INTERNAL_TOKEN is a known default"},
		"KnownAdminPassword":  {func(c *authd.Config) { c.AdminPassword = "Change-Me-7" }, "STOCKROOM_ADMIN_PASSWORD is a known default"},
		"HalfAnAdmin":         {func(c *authd.Config) { c.AdminPassword = "" }, "must be set together"},
		"CheapPasswords":      {func(c *authd.Config) { c.PasswordCost = 3 }, "STOCKROOM_PASSWORD_COST"},
		"ShortPreviousSecret": {func(c *authd.Config) { c.SecretPrevious = "q8Zr2LxV0mT5cWn7" }, "STOCKROOM_SECRET_PREVIOUS is shorter"},
		"KnownPreviousToken":  {func(c *authd.Config) { c.InternalTokenPrevious = "dev-" + strong }, "STOCKROOM_INTERNAL_TOKEN_PREVIOUS is a known default"},
		"HastyKeys":           {func(c *authd.Config) { c.KeyLead = time.Second }, "STOCKROOM_KEY_LEAD"},
		"ShortLivedKeys":      {func(c *authd.Config) { c.KeyLifetime = time.Minute }, "STOCKROOM_KEY_LIFETIME"},
		"NegativeFailures":    {func(c *authd.Config) { c.Login.Delay = time.Second; c.Login.FreeFailures = -1 }, "STOCKROOM_LOGIN_FREE_FAILURES"},
		"ForgetfulThrottle":   {func(c *authd.Config) { c.Login = authd.Login{Delay: time.Second, MaxDelay: time.Hour, Keep: time.Hour} }, "STOCKROOM_LOGIN_KEEP"},
		"BadRedis":            {func(c *authd.Config) { c.RedisURL = "http://redis" }, "STOCKROOM_REDIS_URL"},
		"OtherEnvironment":    {func(c *authd.Config) { c.Env = "prod" }, "STOCKROOM_ENV"},
		"OtherVerification":   {func(c *authd.Config) { c.EmailVerification = "maybe" }, "STOCKROOM_EMAIL_VERIFICATION"},
		"VerifiesWithoutMail": {func(c *authd.Config) { c.EmailVerification = "required" }, "STOCKROOM_SMTP_URL"},
		"OddMailServer":       {func(c *authd.Config) { c.SMTPURL, c.MailFrom = "http://"+strong+"@mail.example", "a@shop.example" }, "STOCKROOM_SMTP_URL"},
		"NoSender":            {func(c *authd.Config) { c.SMTPURL = "smtp://shop:" + strong + "@mail.example" }, "STOCKROOM_MAIL_FROM"},
		"LinkWithoutToken":    {func(c *authd.Config) { c.ResetURL = "https://shop.example/reset" }, "STOCKROOM_RESET_URL"},
		"LinkToNowhere":       {func(c *authd.Config) { c.VerifyURL = "javascript:{token}" }, "STOCKROOM_VERIFY_URL"},
		"OtherDatabase":       {func(c *authd.Config) { c.DatabaseURL = "mysql://x" }, "STOCKROOM_DATABASE_URL"},
		"ShortSessions":       {func(c *authd.Config) { c.SessionLifetime = time.Minute }, "STOCKROOM_SESSION_LIFETIME"},
		"IdleForMoments":      {func(c *authd.Config) { c.SessionIdle = -time.Second }, "STOCKROOM_SESSION_LIFETIME and _IDLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config(t, "http://127.0.0.1:1")
			tt.change(&cfg)

			_, err := authd.New(t.Context(), cfg, listen(t), telemetry.Discard())

			require.ErrorContains(t, err, tt.want)
			require.NotContains(t, err.Error(), strong)
		})
	}
}

func TestAnotherSecretDoesNotOpenTheDatabase(t *testing.T) {
	t.Parallel()
	cfg := config(t, "http://127.0.0.1:1")
	s, err := authd.New(t.Context(), cfg, listen(t), telemetry.Discard())
	require.NoError(t, err)
	require.NoError(t, s.Close())
	cfg.Secret = strings.ToUpper(strong) + "1"

	_, err = authd.New(t.Context(), cfg, listen(t), telemetry.Discard())

	require.ErrorContains(t, err, "was the secret changed?")
}

func TestConfigurationComesFromTheEnvironment(t *testing.T) {
	t.Parallel()

	cfg, err := env.ParseAsWithOptions[authd.Config](env.Options{Prefix: "STOCKROOM_", Environment: map[string]string{
		"STOCKROOM_DATABASE_URL": "sqlite:x", "STOCKROOM_SECRET": strong, "STOCKROOM_HASHERS": "3",
	}})

	require.NoError(t, err)
	require.Equal(t, authd.Config{
		Env: "production", Addr: ":8001", InternalAddr: ":9001", DatabaseURL: "sqlite:x", Migrate: true, Secret: strong,
		UsersInternalURL: "http://users:9002", TokenIssuer: "stockroom", TokenAudience: "stockroom",
		KeyLifetime: 30 * 24 * time.Hour, KeyLead: 5 * time.Minute,
		Login: authd.Login{
			FreeFailures: 5, AddressFreeFailures: 100, Delay: time.Second,
			MaxDelay: 15 * time.Minute, AddressMaxDelay: time.Minute, Keep: time.Hour,
		},
		SessionLifetime: 30 * 24 * time.Hour, SessionIdle: 14 * 24 * time.Hour,
		PasswordCost: 12, Hashers: 3, EmailVerification: "off", Drain: 500 * time.Millisecond, Grace: 15 * time.Second,
	}, cfg)
	_, err = env.ParseAsWithOptions[authd.Config](env.Options{Prefix: "STOCKROOM_", Environment: map[string]string{}})
	require.Error(t, err)
}

func TestSecretIsExchanged(t *testing.T) {
	t.Parallel()
	_, users := newUsers(t)
	cfg := config(t, users)
	var tokens map[string]any
	t.Run("Before", func(t *testing.T) { tokens = signIn(t, start(t, cfg)) })

	for _, next := range []struct{ secret, previous string }{{"n" + strong, strong}, {"n" + strong, ""}} {
		cfg.Secret, cfg.SecretPrevious = next.secret, next.previous
		t.Run("Exchanged", func(t *testing.T) {
			s := start(t, cfg)
			status, me := ask(t, http.MethodGet, "http://"+s.Addr()+"/api/v1/auth/me", "", tokens["access_token"].(string))
			require.Equal(t, http.StatusOK, status, me)
			status, tokens = ask(t, http.MethodPost, "http://"+s.Addr()+"/api/v1/auth/refresh",
				`{"refresh_token":"`+tokens["refresh_token"].(string)+`"}`, "")
			require.Equal(t, http.StatusOK, status, tokens)
			signIn(t, s)
		})
	}
}

func TestKeysAreRotatedAtTheInternalDoor(t *testing.T) {
	t.Parallel()
	_, users := newUsers(t)
	cfg := config(t, users)
	cfg.InternalTokenPrevious = "p" + strong
	one, two := start(t, cfg), start(t, cfg)

	rotate := func(s *authd.Server, token string) (int, map[string]any) {
		return ask(t, http.MethodPost, "http://"+s.InternalAddr()+"/internal/v1/keys/rotate", "", token)
	}
	status, _ := rotate(one, "")
	require.Equal(t, http.StatusUnauthorized, status)
	status, made := rotate(one, strong)
	require.Equal(t, http.StatusOK, status)
	require.EqualValues(t, 2, made["number"])
	status, same := rotate(two, cfg.InternalTokenPrevious)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, made, same)

	published := func(s *authd.Server) int {
		_, doc := ask(t, http.MethodGet, "http://"+s.Addr()+"/.well-known/jwks.json", "", "")
		return len(doc["keys"].([]any))
	}
	for _, s := range []*authd.Server{one, two} {
		require.Eventually(t, func() bool { return published(s) == 2 }, 30*time.Second, 10*time.Millisecond)
	}
}
