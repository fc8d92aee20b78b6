// Package encrypted_test runs the programs on stores that speak TLS with
// certificates of an authority of one's own.
package encrypted_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

func TestMain(m *testing.M) { stack.Main(m) }

const (
	token  = "4Yq7mXw2Vd9sKc1Rb6Nf3Hg8Tj5Lz0Pa"
	secret = "Lm3Xp9Qd7Wz1Rk5Vt8Hy2Nb6Fc4Jg0Sa"
)

// programs are on stores at a host, whose certificates they check against an
// authority.
type programs struct {
	*stores
	host   string
	of     authority
	public map[string]string // doors
	doors  map[string]string // internal ones
	env    map[string]string // of all
}

func TestStoresOverTLS(t *testing.T) {
	t.Parallel()

	s := openStores(t)
	for _, service := range []string{"users", "auth", "catalog"} {
		s.schema(t, service)
	}
	t.Run("Trusted", func(t *testing.T) { s.trusted(t) })
	for name, p := range map[string]*programs{
		"AnotherAuthority": s.programs(t, "localhost", newAuthority(t)),
		"AnotherName":      s.programs(t, "127.0.0.1", s.authority),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.distrusted(t)
		})
	}
}

func (s *stores) programs(t *testing.T, host string, of authority) *programs {
	t.Helper()
	return &programs{s, host, of, map[string]string{}, map[string]string{}, map[string]string{
		"ENV": "development", "INTERNAL_TOKEN": token, "SECRET": secret, "PASSWORD_COST": "4",
		"ADMIN_EMAIL": "owner@shop.example", "ADMIN_USERNAME": "owner", "ADMIN_PASSWORD": "Correct-Horse-7",
		"NATS_URL": s.natsURL(host), "REDIS_URL": s.redisURL(host),
	}}
}

// start starts a program.
func (p *programs) start(t *testing.T, service, postgres string) *stack.Process {
	t.Helper()
	return stack.Serve(t, service+"d", p.environment(t, service, postgres), "SSL_CERT_FILE="+p.of.file)
}

func (p *programs) environment(t *testing.T, service, postgres string) map[string]string {
	t.Helper()

	if p.public[service] == "" {
		p.public[service], p.doors[service] = "http://"+stack.FreeAddr(t), "http://"+stack.FreeAddr(t)
	}
	env := maps.Clone(p.env)
	env["DATABASE_URL"] = postgres
	env["ADDR"], env["INTERNAL_ADDR"] = strings.TrimPrefix(p.public[service], "http://"), strings.TrimPrefix(p.doors[service], "http://")
	return env
}

// trusted has all of it work, over TLS alone.
func (s *stores) trusted(t *testing.T) {
	p := s.programs(t, "localhost", s.authority)
	for _, service := range []string{"auth", "users", "catalog", "gateway"} {
		p.public[service], p.doors[service] = "http://"+stack.FreeAddr(t), "http://"+stack.FreeAddr(t)
		name := strings.ToUpper(service)
		p.env[name+"_URL"], p.env[name+"_URLS"] = p.public[service], p.public[service]
		p.env[name+"_INTERNAL_URL"], p.env[name+"_INTERNAL_URLS"] = p.doors[service], p.doors[service]
	}
	for service := range p.doors {
		p.start(t, service, s.postgresURL(service, p.host, p.of))
	}
	gateway := p.public["gateway"]
	system := &stack.System{URL: gateway, Admin: stack.Admin{Username: "owner", Password: "Correct-Horse-7"}}
	system.Await(t)

	var got struct {
		Token string `json:"access_token"`
		ID    string
	}
	ask(t, http.MethodPost, gateway+"/api/v1/auth/login/json", "", map[string]any{"username": "owner", "password": "Correct-Horse-7"}, &got)
	ask(t, http.MethodPost, gateway+"/api/v1/products", got.Token, map[string]any{"name": "Lamp", "sku": "LAMP", "price": "1.00"}, &got)
	ask(t, http.MethodGet, gateway+"/api/v1/products/"+got.ID, "", nil, &got)
	plain, encrypted := s.sessions(t, "users", "auth", "catalog")
	require.Zero(t, plain)
	require.GreaterOrEqual(t, encrypted, 3)
	for service, at := range p.doors {
		eventually(t, service+" has no connection to NATS", func() bool { return measure(t, at, "nats_connected") == "1" })
	}
	eventually(t, "the catalog does not use Redis", func() bool { return measure(t, p.doors["catalog"], "redis_available") == "1" && s.keys(t, p) > 0 })
}

// keys returns how many there are in Redis.
func (s *stores) keys(t *testing.T, p *programs) int64 {
	t.Helper()
	opts, err := redis.ParseURL(s.redisURL(p.host))
	require.NoError(t, err)
	opts.TLSConfig.RootCAs = s.authority.pool()
	client := redis.NewClient(opts)
	defer client.Close() //nolint:errcheck // nothing depends on a clean goodbye
	n, err := client.DBSize(t.Context()).Result()
	require.NoError(t, err)
	return n
}

// distrusted has programs find nobody whom they trust. Without PostgreSQL none
// starts, the rest they do without; and no password is ever told.
func (p *programs) distrusted(t *testing.T) {
	for _, service := range []string{"users", "auth", "catalog"} {
		said, code := stack.Run(t, service+"d", p.environment(t, service, p.postgresURL(service, p.host, p.of)))
		require.Equal(t, 1, code, said)
		require.Contains(t, said, "certificate", "the operator is told why")
		require.NotContains(t, said, password)
	}
	catalog := p.start(t, "catalog", p.postgresURL("catalog", "localhost", p.authority))
	public := p.public["catalog"]
	eventually(t, "it does not answer", func() bool { return status(t, public+"/api/v1/products") == http.StatusOK })
	gateway := p.start(t, "gateway", "")
	eventually(t, "it does not answer", func() bool { return status(t, p.doors["gateway"]+"/livez") == http.StatusOK })
	require.Equal(t, "0", measure(t, p.doors["catalog"], "nats_connected"))
	require.Equal(t, "0", measure(t, p.doors["gateway"], "nats_connected"))
	eventually(t, "it uses a Redis that it must not trust", func() bool {
		return status(t, public+"/api/v1/products?name="+time.Now().Format("150405.000000")) == http.StatusOK &&
			measure(t, p.doors["catalog"], "redis_available") == "0"
	})
	for _, process := range []*stack.Process{catalog, gateway} {
		eventually(t, "the operator is not told why", func() bool {
			return regexp.MustCompile(`connecting to NATS fails","err":"[^"]*certificate`).MatchString(process.Log(t))
		})
		require.NotContains(t, process.Log(t), password)
	}
}

// measure returns the value of a metric without labels.
func measure(t *testing.T, internal, name string) string {
	t.Helper()
	_, text := get(t, internal+"/metrics")
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(text)
	if found == nil {
		return ""
	}
	return string(found[1])
}

func status(t *testing.T, url string) int {
	t.Helper()
	code, _ := get(t, url)
	return code
}

func get(t *testing.T, url string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, text
}

func ask(t *testing.T, method, url, token string, body, into any) {
	t.Helper()
	data, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(data))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it is read
	require.Less(t, res.StatusCode, http.StatusMultipleChoices, url)
	require.NoError(t, json.NewDecoder(res.Body).Decode(into))
}

func eventually(t *testing.T, why string, ask func() bool) {
	t.Helper()
	const patience = 90 * time.Second
	require.Eventually(t, ask, patience, 20*time.Millisecond, why)
}

// What is wrong with the URL of a store is told without the password in it.
func TestBrokenURLsKeepTheirPasswords(t *testing.T) {
	t.Parallel()

	for program, names := range map[string][]string{
		"authd":    {"DATABASE_URL", "SMTP_URL"},
		"usersd":   {"NATS_URL"},
		"catalogd": {"REDIS_URL"},
		"gatewayd": {"REDIS_URL", "NATS_URL"},
	} {
		for _, name := range names {
			for _, broken := range []string{"@localhost:port/0", "%zz@localhost/0", "@[::1/0", "/@localhost/0"} {
				t.Run(program+" "+name+" "+broken, func(t *testing.T) {
					t.Parallel()

					env := map[string]string{
						"ENV": "development", "INTERNAL_TOKEN": token, "SECRET": secret, "MAIL_FROM": "shop@shop.example",
						"ADDR": "127.0.0.1:0", "INTERNAL_ADDR": "127.0.0.1:0", "DATABASE_URL": "sqlite:" + t.TempDir() + "/db",
					}
					scheme := map[string]string{"DATABASE_URL": "postgres", "REDIS_URL": "rediss", "NATS_URL": "tls", "SMTP_URL": "smtp"}[name]
					env[name] = scheme + "://somebody:" + password + broken
					said, code := stack.Run(t, program, env)
					require.Equal(t, 1, code, said)
					require.Regexp(t, `(?i)\burl\b`, said, "the operator is told what is wrong")
					require.NotContains(t, said, password)
				})
			}
		}
	}
}
