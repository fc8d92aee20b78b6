// Package usersclient asks the users service through its internal door.
package usersclient

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"stockroom/pkg/errs"
	"stockroom/pkg/failpoint"
	"stockroom/pkg/peer"
	"stockroom/services/auth"
)

// Client implements [auth.Accounts].
type Client struct {
	http  *http.Client
	base  string
	token string
}

var _ auth.Accounts = (*Client)(nil)

const timeout = 5 * time.Second

// New returns a client of the internal door at base, to be opened with token.
func New(base, token string) *Client {
	return &Client{http: peer.NewClient(timeout), base: base + "/internal/v1", token: token}
}

// Available implements [auth.Accounts].
func (c *Client) Available(ctx context.Context, email, username string) error {
	var out struct {
		EmailTaken    bool `json:"email_taken"`
		UsernameTaken bool `json:"username_taken"`
	}
	in := names{email, username}
	if err := c.call(ctx, http.MethodPost, "/accounts/availability", in, &out); err != nil {
		return err
	}
	var fields []errs.Field
	if out.EmailTaken {
		fields = append(fields, taken("/email"))
	}
	if out.UsernameTaken {
		fields = append(fields, taken("/username"))
	}
	switch {
	case out.EmailTaken:
		return auth.ErrEmailTaken.At(fields...)
	case out.UsernameTaken:
		return auth.ErrUsernameTaken.At(fields...)
	}
	return nil
}

func taken(pointer string) errs.Field {
	return errs.Field{Pointer: pointer, Code: "taken", Detail: "Is already in use."}
}

// Create implements [auth.Accounts].
func (c *Client) Create(ctx context.Context, a auth.Account) (auth.Account, error) {
	failpoint.Reach(failpoint.BeforeAccount)
	var out account
	in := newAccount{names{a.Email, a.Username}, string(a.Role), a.EmailVerified}
	err := c.call(ctx, http.MethodPut, path(a.ID), in, &out)
	return out.account(), err
}

// Lookup implements [auth.Accounts]. A name that users does not even take as
// one belongs to nobody.
func (c *Client) Lookup(ctx context.Context, username string) (auth.Account, error) {
	var out account
	err := c.call(ctx, http.MethodPost, "/accounts/lookup", lookup{username}, &out)
	if errors.Is(err, errs.ErrValidation) {
		return auth.Account{}, auth.ErrAccountNotFound
	}
	return out.account(), err
}

// Account implements [auth.Accounts].
func (c *Client) Account(ctx context.Context, id auth.AccountID) (auth.Account, error) {
	var out account
	err := c.call(ctx, http.MethodGet, path(id), nil, &out)
	return out.account(), err
}

func path(id auth.AccountID) string { return "/accounts/" + url.PathEscape(string(id)) }

// LookupEmail implements [auth.Accounts].
func (c *Client) LookupEmail(ctx context.Context, email string) (auth.Account, error) {
	var out account
	err := c.call(ctx, http.MethodPost, "/accounts/lookup-email", emailOnly{email}, &out)
	if errors.Is(err, errs.ErrValidation) {
		return auth.Account{}, auth.ErrAccountNotFound
	}
	return out.account(), err
}

// ChangePassword implements [auth.Accounts].
func (c *Client) ChangePassword(ctx context.Context, by, id auth.AccountID, change, previous auth.ChangeID) (auth.Account, error) {
	var out account
	in := passwordChange{string(change), string(previous), string(by)}
	err := c.call(ctx, http.MethodPut, path(id)+"/password-change", in, &out)
	return out.account(), err
}

// VerifyEmail implements [auth.Accounts].
func (c *Client) VerifyEmail(ctx context.Context, id auth.AccountID, email string) error {
	var out account
	return c.call(ctx, http.MethodPut, path(id)+"/email-verification", emailOnly{email}, &out)
}

// ActiveAdmins implements [auth.Accounts].
func (c *Client) ActiveAdmins(ctx context.Context) (int, error) {
	var out struct {
		Active int `json:"active"`
	}
	err := c.call(ctx, http.MethodGet, "/admins", nil, &out)
	return out.Active, err
}

// Known implements [auth.Known].
func (c *Client) Known(ctx context.Context, ids []auth.AccountID) ([]auth.AccountID, error) {
	var out struct {
		IDs []auth.AccountID `json:"ids"`
	}
	in := struct {
		IDs []auth.AccountID `json:"ids"`
	}{ids}
	err := c.call(ctx, http.MethodPost, "/accounts/known", in, &out)
	return out.IDs, err
}
