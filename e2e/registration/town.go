// Package registration has people register without pause at auth and users,
// while both are killed between the steps of it, and looks afterwards for what
// is half made and who is locked out.
package registration

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
	"stockroom/pkg/failpoint"
	"stockroom/pkg/testkit"
)

// patience is for what has to happen on a busy machine.
const patience = 90 * time.Second

const (
	auth  = "auth"
	users = "users"
)

// place is where a process is to die.
type place struct{ service, step string }

// places are all steps of a registration. Auth commits when it takes back the
// credential of somebody whom users has refused.
var places = []place{
	{auth, failpoint.BeforeHash},
	{auth, failpoint.AfterHash},
	{auth, failpoint.AfterCredential},
	{auth, failpoint.BeforeAccount},
	{users, failpoint.BeforeCommit},
	{users, failpoint.AfterCommit},
	{auth, failpoint.BeforeConfirm},
	{auth, failpoint.AfterConfirm},
	{auth, failpoint.BeforeCommit},
	{auth, failpoint.AfterCommit},
}

// town is where people register: one process of auth and one of users.
type town struct {
	t         *testing.T
	auth      string // its public door
	http      *http.Client
	processes map[string]*stack.Process
	steps     map[string]string // the folder that names where a process is to die
	databases map[string]string

	unanswered, retold, halves atomic.Int64 // requests, registrations, credentials
}

func open(t *testing.T) *town {
	t.Helper()

	c := &town{
		t: t, processes: map[string]*stack.Process{}, steps: map[string]string{}, databases: map[string]string{},
		http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
	}
	t.Cleanup(c.http.CloseIdleConnections)
	nats, schema := testkit.NewNATSServer(t), stack.Schemas(t)
	doors, internal := map[string]string{}, map[string]string{}
	for _, service := range []string{users, auth} {
		doors[service], internal[service] = stack.FreeAddr(t), stack.FreeAddr(t)
		c.databases[service], c.steps[service] = schema(service), t.TempDir()
	}
	c.auth = "http://" + doors[auth] + "/api/v1/auth"
	token, secret := rand.Text(), rand.Text()+rand.Text()
	for _, service := range []string{users, auth} {
		c.processes[service] = stack.Serve(t, service+"d", map[string]string{
			"ENV": "development", "NATS_URL": nats.URL(), "INTERNAL_TOKEN": token, "SECRET": secret,
			"AUTH_URL": "http://" + doors[auth], "AUTH_INTERNAL_URL": "http://" + internal[auth],
			"USERS_INTERNAL_URL": "http://" + internal[users],
			"ADDR":               doors[service], "INTERNAL_ADDR": internal[service],
			"DATABASE_URL": c.databases[service], "FAILPOINTS": c.steps[service],
			"PASSWORD_COST": "4", "EMAIL_VERIFICATION": "optional", // with the letter, as a step more
			"LOGIN_FREE_FAILURES": "1000000", "LOGIN_ADDRESS_FREE_FAILURES": "1000000", // rivals fail, all from here
		})
	}
	return c
}

// kill returns when a process has come to a place and died there, and runs again.
func (c *town) kill(p place) {
	c.t.Helper()

	armed, process := filepath.Join(c.steps[p.service], p.step), c.processes[p.service]
	require.NoError(c.t, os.WriteFile(armed, nil, 0o600))
	select {
	case <-process.Ended():
	case <-time.After(patience):
		require.FailNow(c.t, "nobody comes there", p)
	}
	process.Kill()
	require.NoFileExists(c.t, armed, "%v: it died of something else", p)
	process.Start(c.t)
}

// post returns the status of the answer to a request of auth, zero without one.
func (c *town) post(ctx context.Context, path string, body map[string]string) (status int, answer string, err error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.auth+path, bytes.NewReader(data))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err.Error(), ctx.Err()
	}
	defer res.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error(), ctx.Err()
	}
	return res.StatusCode, string(text), nil
}

// ask asks until it is answered with one of the statuses. Without an answer, and
// when something was away, nobody knows what has become of the request: then
// unsure is true from there on.
func (c *town) ask(ctx context.Context, path string, body map[string]string, statuses ...int) (status int, unsure bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		status, answer, err := c.post(ctx, path, body)
		if err != nil {
			return 0, unsure, fmt.Errorf("%s of %s is never answered: %w", path, body["username"], err)
		}
		for _, want := range statuses {
			if status == want {
				return status, unsure, nil
			}
		}
		switch status {
		case 0, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		default:
			return 0, unsure, fmt.Errorf("%s of %s: status %d: %.300s", path, body["username"], status, answer)
		}
		unsure = true
		c.unanswered.Add(1)
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}
