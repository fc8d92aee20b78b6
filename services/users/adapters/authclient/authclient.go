// Package authclient changes passwords through the internal door of the auth
// service.
package authclient

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"stockroom/pkg/peer"
	"stockroom/pkg/run"
	"stockroom/services/users"
)

const (
	// prepareTimeout covers the queue in front of the hashing of passwords.
	prepareTimeout = 12 * time.Second

	quickTimeout  = 2 * time.Second
	quickAttempts = 3
	quickPause    = 50 * time.Millisecond
)

// Client is a [users.Passwords] at another address.
type Client struct {
	http  *http.Client
	base  string
	token string
}

var _ users.Passwords = (*Client)(nil)

// New returns a client of the internal door at base, to be opened with token.
func New(base, token string) *Client {
	return &Client{http: peer.NewClient(prepareTimeout), base: base + "/internal/v1/credentials/", token: token}
}

type newPassword struct {
	Change      string `json:"change_id"`
	Password    string `json:"password"`
	Current     string `json:"current_password,omitempty"`
	KeepSession string `json:"keep_session,omitempty"`
}

type activation struct {
	KeepSession string `json:"keep_session"`
}

// Prepare implements [users.Passwords].
func (c *Client) Prepare(ctx context.Context, p users.NewPassword) error {
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()

	return c.send(ctx, http.MethodPost, url.PathEscape(string(p.Account))+"/changes", newPassword{
		Change: string(p.Change), Password: p.Password, Current: p.Current, KeepSession: p.KeepSession,
	})
}

// Activate implements [users.Passwords].
func (c *Client) Activate(ctx context.Context, id users.AccountID, change users.ChangeID, keepSession string) error {
	path := url.PathEscape(string(id)) + "/changes/" + url.PathEscape(string(change)) + "/activate"
	return c.insist(ctx, http.MethodPost, path, activation{KeepSession: keepSession})
}

// Remove implements [users.Passwords].
func (c *Client) Remove(ctx context.Context, id users.AccountID) error {
	return c.insist(ctx, http.MethodDelete, url.PathEscape(string(id)), nil)
}

// insist asks again when no answer comes: what is asked for may be repeated, is
// committed already, and waiting for it is all that is left.
func (c *Client) insist(ctx context.Context, method, path string, in any) (err error) {
	for attempt := range quickAttempts {
		if attempt > 0 {
			if !run.Pause(ctx, quickPause) {
				return err
			}
		}
		if err = c.sendQuickly(ctx, method, path, in); !isAway(err) {
			return err
		}
	}
	return err
}

func (c *Client) sendQuickly(ctx context.Context, method, path string, in any) error {
	ctx, cancel := context.WithTimeout(ctx, quickTimeout)
	defer cancel()

	return c.send(ctx, method, path, in)
}
