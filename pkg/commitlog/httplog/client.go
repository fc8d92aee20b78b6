package httplog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/peer"
)

const (
	maxAnswer = 16 << 20 // more than Mount answers, even if one commit touched very much
	timeout   = 5 * time.Second
)

var errTooLong = errors.New("answer is too long")

// Client is a [commitlog.Source] on the other side of [Mount]. Every request
// has a deadline.
type Client struct {
	url, token string
	http       *http.Client
}

var _ commitlog.Source = (*Client)(nil)

// NewClient returns a source at url, the root of an internal listener, which
// asks for the internal token.
func NewClient(url, token string) *Client {
	return &Client{url: strings.TrimSuffix(url, "/"), token: token, http: peer.NewClient(timeout)}
}

// Head implements [commitlog.Source].
func (c *Client) Head(ctx context.Context) (commitlog.Head, error) {
	var h head
	if err := c.get(ctx, headPath, &h); err != nil {
		return commitlog.Head{}, err
	}
	if h.Epoch <= 0 || h.Seq < 0 {
		return commitlog.Head{}, fmt.Errorf("read log: GET %s: not a head", headPath)
	}
	return commitlog.Head(h), nil
}

// Since implements [commitlog.Source].
func (c *Client) Since(ctx context.Context, after int64, limit int) ([]commitlog.Event, error) {
	var e events
	err := c.get(ctx, fmt.Sprintf("%s?after=%d&limit=%d", logPath, after, limit), &e)
	return e.Events, err
}

func (c *Client) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, nil)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // it has been read
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("read log: GET %s: status %d", path, res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = errTooLong
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return fmt.Errorf("read log: GET %s: %w", path, err)
	}
	return nil
}
