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

	activateTimeout  = 2 * time.Second
	activateAttempts = 3
	activatePause    = 50 * time.Millisecond
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

	return c.post(ctx, url.PathEscape(string(p.Account))+"/changes", newPassword{
		Change: string(p.Change), Password: p.Password, Current: p.Current, KeepSession: p.KeepSession,
	})
}

// Activate implements [users.Passwords]. As it may be repeated it is, when no
// answer comes: the change is committed, and waiting for it is all that is left.
func (c *Client) Activate(ctx context.Context, id users.AccountID, change users.ChangeID, keepSession string) (err error) {
	path := url.PathEscape(string(id)) + "/changes/" + url.PathEscape(string(change)) + "/activate"
	for attempt := range activateAttempts {
		if attempt > 0 {
			if !run.Pause(ctx, activatePause) {
				return err
			}
		}
		if err = c.activate(ctx, path, keepSession); !isAway(err) {
			return err
		}
	}
	return err
}

func (c *Client) activate(ctx context.Context, path, keepSession string) error {
	ctx, cancel := context.WithTimeout(ctx, activateTimeout)
	defer cancel()

	return c.post(ctx, path, activation{KeepSession: keepSession})
}
