package stack

import (
	"fmt"
	"maps"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit/servers"
)

// Options are what a test may want to be different.
type Options struct {
	PasswordCost int    // 4 if zero, as tests make many accounts
	Dir          string // of the one-process form's data; one of the test's own if empty
	OwnPostgres  bool   // of separate processes: a server that can be stopped
	Admin        Admin  // who administers the data in Dir already
	Verification string // of emails: off if empty

	Auth map[string]string // of separate processes: more of the environment of auth
}

func (o Options) cost() string {
	if o.PasswordCost == 0 {
		return strconv.Itoa(quickHash)
	}
	return strconv.Itoa(o.PasswordCost)
}

// Child starts the one-process form as a process of its own, as `make run`
// does. It stops with tb.
func Child(tb testing.TB, o Options) *System {
	tb.Helper()

	dir := o.Dir
	if dir == "" {
		dir = tb.TempDir()
	}
	addr := FreeAddr(tb)
	env := map[string]string{"ADDR": addr, "DATA": dir, "PASSWORD_COST": o.cost(), "TOKEN_ISSUER": issuer, "RATE_ADDRESS": plenty, "RATE_ACCOUNT": plenty}
	if o.Admin == (Admin{}) {
		o.Admin = admin
		maps.Copy(env, map[string]string{"ADMIN_EMAIL": admin.Email, "ADMIN_USERNAME": admin.Username, "ADMIN_PASSWORD": admin.Password})
	}
	post := postOffice(tb)
	p := startProcess(tb, "stockroom", build(tb, "stockroom"), withMail(env, post, o))
	s := &System{URL: "http://" + addr, Issuer: issuer, Admin: o.Admin, Processes: map[string]*Process{"stockroom": p}, Mail: post}
	s.Await(tb)
	return s
}

// FreeAddr returns an address on this machine where nobody listens.
func FreeAddr(tb testing.TB) string {
	tb.Helper()

	port, err := servers.FreePort()
	require.NoError(tb, err)
	return fmt.Sprintf("127.0.0.1:%d", port)
}
