package token

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/peer"
)

// maxDocument is more than any set of keys or list of revocations needs: the
// rights of 100,000 accounts can change within a quarter of an hour.
const maxDocument = 16 << 20

var errStatus = errors.New("unexpected status")

func (cfg Config) withDefaults() Config {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	client := peer.NewClient(fetchTimeout)
	if cfg.JWKS == nil {
		remote := &remoteKeys{client: client, url: cfg.JWKSURL}
		cfg.JWKS, cfg.jwksEvery = remote.JWKS, remote.every
	}
	if cfg.jwksEvery == nil {
		every := cmp.Or(cfg.JWKSEvery, pollEvery)
		cfg.jwksEvery = func() time.Duration { return every }
	}
	if cfg.Rights == nil {
		cfg.Rights = newRemoteRights(client, cfg.UsersInternalURL, cfg.InternalToken)
	}
	if cfg.Sessions == nil {
		cfg.Sessions = newRemoteRights(client, cfg.AuthInternalURL, cfg.InternalToken)
	}
	return cfg
}

// remoteRights asks the internal door of users or auth.
type remoteRights struct {
	commitlog.Source
	client *http.Client
	url    string
	token  string
}

func newRemoteRights(client *http.Client, url, token string) *remoteRights {
	url = strings.TrimSuffix(url, "/")
	return &remoteRights{httplog.NewClient(url, token), client, url + "/internal/v1/revocations", token}
}

func (r *remoteRights) Revocations(ctx context.Context) (Snapshot, error) {
	var s Snapshot
	data, err := get(ctx, r.client, r.url, r.token)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("read revocations: %w", err)
	}
	return s, nil
}

func get(ctx context.Context, client *http.Client, url, token string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	body, _, err := do(client, req)
	return body, err
}

func do(client *http.Client, req *http.Request) (body []byte, header http.Header, err error) {
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = cmp.Or(err, res.Body.Close()) }()
	if res.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("%w %d of %s", errStatus, res.StatusCode, req.URL)
	}
	body, err = io.ReadAll(io.LimitReader(res.Body, maxDocument))
	return body, res.Header, err
}
