// Package operator does what only whoever runs the system may, through the
// internal doors of its services.
package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"stockroom/pkg/peer"
)

// timeout is longer than a password may wait for its turn to be hashed.
const timeout = 30 * time.Second

// Doors say where the internal doors are, and what opens them.
type Doors struct{ Auth, Users, Token string }

// Client asks the services.
type Client struct {
	doors Doors
	http  *http.Client
}

// New returns a client of the services behind doors.
func New(doors Doors) *Client {
	doors.Auth, doors.Users = strings.TrimSuffix(doors.Auth, "/"), strings.TrimSuffix(doors.Users, "/")
	return &Client{doors: doors, http: peer.NewClient(timeout)}
}

// Account is what there is to know of an account here.
type Account struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Email    string `json:"email"`
	Deleted  bool   `json:"deleted"`
}

// CreateAdmin makes an account that may administer the system.
func (c *Client) CreateAdmin(ctx context.Context, email, username, password string) (a Account, err error) {
	in := map[string]string{"email": email, "username": username, "password": password}
	return a, c.post(ctx, c.doors.Auth, "/admins", in, &a)
}

// SetPassword gives the account of a username another password, and ends all its
// sessions.
func (c *Client) SetPassword(ctx context.Context, username, password string) (a Account, err error) {
	in := map[string]string{"username": username, "password": password}
	return a, c.post(ctx, c.doors.Auth, "/accounts/password", in, &a)
}

// Key is a signing key.
type Key struct {
	Number    int       `json:"number"`
	ID        string    `json:"kid"`
	SignsFrom time.Time `json:"signs_from"`
}

// RotateKeys makes a successor of the signing key, unless there is one already,
// and returns it.
func (c *Client) RotateKeys(ctx context.Context) (k Key, err error) {
	return k, c.post(ctx, c.doors.Auth, "/keys/rotate", nil, &k)
}

// uuid is what ids look like. No username does.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Find returns the account with an id, deleted or not, or of a username, in any
// letter case.
func (c *Client) Find(ctx context.Context, name string) (a Account, err error) {
	if uuid.MatchString(name) {
		err = c.call(ctx, http.MethodGet, c.doors.Users, "/accounts/"+name, nil, &a)
		return a, err
	}
	return a, c.post(ctx, c.doors.Users, "/accounts/lookup", map[string]string{"username": name}, &a)
}

// Erase takes away all that tells whose account it is. It may be repeated.
func (c *Client) Erase(ctx context.Context, id string) error {
	return c.post(ctx, c.doors.Users, "/accounts/"+url.PathEscape(id)+"/erase", nil, nil)
}

func (c *Client) post(ctx context.Context, door, path string, in, out any) error {
	return c.call(ctx, http.MethodPost, door, path, in, out)
}

const maxAnswer = 1 << 20

func (c *Client) call(ctx context.Context, method, door, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if in == nil {
		body = nil
	}
	req, err := http.NewRequestWithContext(ctx, method, door+"/internal/v1"+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask %s: %w", door, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.doors.Token)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("the service cannot be reached: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", door, err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return refusal(res.StatusCode, door, answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", door, err)
	}
	return nil
}

// The answers that need more words than a service has for them.
var (
	errToken   = errors.New("the services do not take this STOCKROOM_INTERNAL_TOKEN")
	errVersion = errors.New("it cannot do this, or is no internal door of Stockroom (port 9001 of auth, 9002 of users)")
)

// refusal returns what a service has answered, as an error for people.
func refusal(status int, door string, answer []byte) error {
	var p struct {
		Title, Detail, Code string
		Errors              []struct{ Pointer, Detail string }
	}
	known := json.Unmarshal(answer, &p) == nil && p.Title != ""
	switch {
	case status == http.StatusUnauthorized:
		return errToken
	case !known, p.Code == "method_not_allowed", status == http.StatusNotFound && p.Title == "Not found":
		return fmt.Errorf("%s answers %d: %w", door, status, errVersion)
	}
	text := p.Title
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	for _, e := range p.Errors {
		text += fmt.Sprintf("\n  %s: %s", strings.TrimPrefix(e.Pointer, "/"), e.Detail)
	}
	return errors.New(text)
}
