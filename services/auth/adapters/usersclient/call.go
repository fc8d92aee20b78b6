package usersclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"stockroom/pkg/errs"
	"stockroom/pkg/peer"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

const maxAnswer = 64 << 10

// codes of the answers that a caller can tell apart.
var codes = map[string]*errs.Error{
	errs.ErrValidation.Code:      errs.ErrValidation,
	auth.ErrAccountNotFound.Code: auth.ErrAccountNotFound,
	auth.ErrEmailTaken.Code:      auth.ErrEmailTaken,
	auth.ErrUsernameTaken.Code:   auth.ErrUsernameTaken,
	auth.ErrEmailChanged.Code:    auth.ErrEmailChanged,
	"password_changed":           auth.ErrCredentialChanged,
}

var errAnswer = errors.New("unexpected answer")

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	req, err := c.request(ctx, method, path, in)
	if err != nil {
		return fmt.Errorf("ask users: %w", err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return away(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return away(err)
	}
	if res.StatusCode >= http.StatusInternalServerError {
		return away(fmt.Errorf("%w %d to %s %s", errAnswer, res.StatusCode, method, path))
	}
	if res.StatusCode >= http.StatusBadRequest {
		return refusal(res.StatusCode, body)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("ask users: %w %d to %s %s", errAnswer, res.StatusCode, method, path)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("read answer of users: %w", err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if id := web.RequestID(ctx); id != "" {
		req.Header.Set("X-Request-Id", id)
	}
	peer.Repeatable(req) // whatever is asked here
	return req, nil
}

// away keeps the cause for the log; clients learn that something needed is away.
func away(cause error) error {
	return fmt.Errorf("ask users: %w (%w)", web.ErrUnavailable.After(time.Second), cause)
}

func refusal(status int, body []byte) error {
	var p problem
	err := json.Unmarshal(body, &p)
	known, ok := codes[p.Code]
	if err != nil || !ok {
		return fmt.Errorf("ask users: %w %d %q", errAnswer, status, p.Code)
	}
	return known.At(p.fields()...)
}
