// Package httplog reads a commit log over the internal HTTP of the service that
// keeps it.
package httplog

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
)

const (
	headPath = "/internal/v1/head"
	logPath  = "/internal/v1/log"

	maxEvents = 1000
	maxAnswer = 64 << 20 // a thousand commits of a thousand ids each
	timeout   = 5 * time.Second
)

type head struct {
	Epoch int64 `json:"epoch"`
	Seq   int64 `json:"seq"`
}

type events struct {
	Events []commitlog.Event `json:"events"`
}

var errQuery = errs.New(errs.Invalid, "validation_failed", "after and limit are numbers, not negative")

// Mount serves src on r: GET /internal/v1/head and GET /internal/v1/log?after=&limit=.
func Mount(r fiber.Router, src commitlog.Source) {
	r.Get(headPath, func(c *fiber.Ctx) error {
		h, err := src.Head(c.UserContext())
		if err != nil {
			return err
		}
		return c.JSON(head(h))
	})
	r.Get(logPath, func(c *fiber.Ctx) error {
		after, err := strconv.ParseInt(c.Query("after", "0"), 10, 64)
		if err != nil || after < 0 {
			return errQuery
		}
		limit, err := strconv.Atoi(c.Query("limit", strconv.Itoa(maxEvents)))
		if err != nil || limit < 0 {
			return errQuery
		}
		found, err := src.Since(c.UserContext(), after, min(limit, maxEvents))
		if err != nil {
			return err
		}
		return c.JSON(events{found})
	})
}

// Client is a [commitlog.Source] on the other side of [Mount].
type Client struct {
	url, token string
	http       *http.Client
}

var _ commitlog.Source = (*Client)(nil)

// NewClient returns a source at url, the root of an internal listener, which
// asks for the internal token.
func NewClient(url, token string) *Client {
	return &Client{url: url, token: token, http: &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second},
	}}
}

// Head implements [commitlog.Source].
func (c *Client) Head(ctx context.Context) (commitlog.Head, error) {
	var h head
	if err := c.get(ctx, headPath, &h); err != nil {
		return commitlog.Head{}, err
	}
	return commitlog.Head(h), nil
}

// Since implements [commitlog.Source].
func (c *Client) Since(ctx context.Context, after int64, limit int) ([]commitlog.Event, error) {
	var e events
	err := c.get(ctx, fmt.Sprintf("%s?after=%d&limit=%d", logPath, after, min(limit, maxEvents)), &e)
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
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(into); err != nil {
		return fmt.Errorf("read log: GET %s: %w", path, err)
	}
	return nil
}
