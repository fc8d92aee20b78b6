// Package rights takes rights away from people, many times, and watches every
// door of a system of many replicas for who is let in with them afterwards.
package rights

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/link"
	"stockroom/e2e/stack"
	"stockroom/pkg/testkit"
)

// patience is for what has to happen on a busy machine.
const patience = 90 * time.Second

// company is a system with three gateways and two replicas of each service.
// Every process hears of changes over links of its own.
type company struct {
	t        *testing.T
	admin    stack.Admin
	gateways []string // addresses
	services map[string][]string
	messages []*link.Link // to NATS
	logs     []*link.Link // to the internal doors where logs can be read
}

const (
	auth    = "auth"
	users   = "users"
	catalog = "catalog"

	gateways = 3
	replicas = 2
)

// place is where one process listens.
type place struct{ public, internal string }

func open(t *testing.T) *company {
	t.Helper()

	c := &company{
		t: t, services: map[string][]string{},
		admin: stack.Admin{Email: "owner@shop.example", Username: "owner", Password: "Correct-Horse-7"},
	}
	nats, database := testkit.NewNATSServer(t), stack.Schemas(t)
	at := map[string][]place{}
	for _, service := range []string{auth, users, catalog} {
		for range replicas {
			p := place{stack.FreeAddr(t), stack.FreeAddr(t)}
			at[service] = append(at[service], p)
			c.services[service] = append(c.services[service], p.public)
		}
	}
	common := map[string]string{
		"ENV": "development", "INTERNAL_TOKEN": rand.Text(), "LOG_LEVEL": "warn",
		"RATE_ADDRESS": "0", "RATE_ACCOUNT": "0", // all that is asked comes from one place
	}
	n := 0
	start := func(program string, p place, more map[string]string) {
		env := maps.Clone(common)
		maps.Copy(env, more)
		env["ADDR"], env["INTERNAL_ADDR"] = p.public, p.internal
		env["AUTH_URL"] = "http://" + at[auth][n%replicas].public
		env["NATS_URL"] = "nats://" + c.link(&c.messages, host(t, nats.URL()))
		env["AUTH_INTERNAL_URL"] = "http://" + c.link(&c.logs, at[auth][n%replicas].internal)
		env["USERS_INTERNAL_URL"] = "http://" + c.link(&c.logs, at[users][n%replicas].internal)
		n++
		stack.Serve(t, program, env)
	}
	more := map[string]map[string]string{
		users: {"DATABASE_URL": database(users)},
		auth: {
			"DATABASE_URL": database(auth), "SECRET": rand.Text() + rand.Text(), "PASSWORD_COST": "4",
			"ADMIN_EMAIL": c.admin.Email, "ADMIN_USERNAME": c.admin.Username, "ADMIN_PASSWORD": c.admin.Password,
		},
		catalog: {"DATABASE_URL": database(catalog), "REDIS_URL": testkit.NewRedisServer(t).URL()},
	}
	for _, service := range []string{users, auth, catalog} {
		for _, p := range at[service] {
			start(service+"d", p, more[service])
		}
	}
	doors := map[string]string{}
	for service, places := range at {
		var public, internal []string
		for _, p := range places {
			public, internal = append(public, "http://"+p.public), append(internal, "http://"+p.internal)
		}
		name := strings.ToUpper(service)
		doors[name+"_URLS"], doors[name+"_INTERNAL_URLS"] = strings.Join(public, ","), strings.Join(internal, ",")
	}
	for range gateways {
		p := place{stack.FreeAddr(t), stack.FreeAddr(t)}
		c.gateways = append(c.gateways, p.public)
		start("gatewayd", p, doors)
	}
	for _, gateway := range c.gateways {
		(&stack.System{URL: "http://" + gateway, Admin: c.admin}).Await(t)
	}
	for service, places := range at {
		for _, p := range places {
			require.Eventually(t, func() bool { return ready(p.internal) }, patience, 20*time.Millisecond, service)
		}
	}
	return c
}

// link opens a link to a server, and returns where it begins.
func (c *company) link(kind *[]*link.Link, server string) string {
	c.t.Helper()

	l, err := link.To(c.t.Context(), "tcp", server)
	require.NoError(c.t, err)
	c.t.Cleanup(func() { _ = l.Close() }) // it cannot fail in a way that matters
	*kind = append(*kind, l)
	return l.Addr()
}

// set makes links behave as s says: what was held is lost when they pass again,
// as it is with a partition that lasts.
func set(links []*link.Link, s link.State) {
	for _, l := range links {
		if s == (link.State{}) {
			l.Cut()
		}
		l.Set(s)
	}
}

func host(t *testing.T, address string) string {
	t.Helper()

	u, err := url.Parse(address)
	require.NoError(t, err)
	return u.Host
}

func ready(internal string) bool {
	res, err := (&http.Client{Timeout: time.Second}).Get("http://" + internal + "/readyz") //nolint:noctx // it has a timeout
	if err != nil {
		return false
	}
	_ = res.Body.Close() // only the status was wanted
	return res.StatusCode == http.StatusOK
}
