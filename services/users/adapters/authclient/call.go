package authclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"stockroom/pkg/errs"
	"stockroom/pkg/peer"
	"stockroom/pkg/web"
	"stockroom/services/users"
)

const maxAnswer = 64 << 10

var errAnswer = errors.New("unexpected answer of auth")

// send sends in, or no body if it is nil.
func (c *Client) send(ctx context.Context, method, path string, in any) error {
	body, err := bodyOf(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("make request to auth: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if id := web.RequestID(ctx); id != "" {
		req.Header.Set(web.HeaderRequestID, id)
	}
	peer.Repeatable(req) // as all operations are

	res, err := c.http.Do(req)
	if err != nil {
		return away(time.Second, err)
	}
	defer res.Body.Close() //nolint:errcheck // whatever it says, the answer is here

	return outcome(res)
}

func bodyOf(in any) (io.Reader, error) {
	if in == nil {
		return http.NoBody, nil
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encode request to auth: %w", err)
	}
	return bytes.NewReader(body), nil
}

// outcome says what an answer means to users.
func outcome(res *http.Response) error {
	if res.StatusCode == http.StatusNoContent {
		return nil
	}
	var p web.Problem
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return away(time.Second, err)
	}
	if err := json.Unmarshal(body, &p); err != nil {
		p = web.Problem{} // the status says enough
	}
	answer := fmt.Errorf("%w: %d %q", errAnswer, res.StatusCode, p.Code)
	switch {
	case p.Code == users.ErrThrottled.Code:
		return users.ErrThrottled.After(retryAfter(res))
	case res.StatusCode >= http.StatusInternalServerError || res.StatusCode == http.StatusTooManyRequests:
		return away(retryAfter(res), answer)
	case p.Code == users.ErrReauthentication.Code:
		return users.ErrReauthentication.At(fields(p)...)
	case p.Code == errs.ErrValidation.Code && aboutPassword(p):
		return errs.Validation(fields(p)...)
	}
	return answer
}

// away keeps the cause for the log; clients learn that something needed is away.
func away(retryIn time.Duration, cause error) error {
	return fmt.Errorf("%w: %w", users.ErrAuthUnavailable.After(retryIn), cause)
}

func isAway(err error) bool { return errors.Is(err, users.ErrAuthUnavailable) }

func retryAfter(res *http.Response) time.Duration {
	seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return time.Second
	}
	return time.Duration(seconds) * time.Second
}

// aboutPassword reports whether what auth found wrong came from the client.
func aboutPassword(p web.Problem) bool {
	for _, f := range p.Errors {
		if f.Pointer != "/password" && f.Pointer != "/current_password" {
			return false
		}
	}
	return len(p.Errors) > 0
}

func fields(p web.Problem) []errs.Field {
	all := make([]errs.Field, 0, len(p.Errors))
	for _, f := range p.Errors {
		all = append(all, errs.Field(f))
	}
	return all
}
