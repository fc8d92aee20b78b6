package httppeek

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"stockroom/pkg/coherent"
	"stockroom/pkg/peer"
)

const maxAnswer = 4 << 20 // more than Mount answers, as keys hold what clients have searched for

var errTooLong = errors.New("answer is too long")

// replica is on the other side of [Mount].
type replica struct {
	url, token string
	http       *http.Client
}

// Name implements [audit.Replica].
func (r replica) Name() string { return r.url }

// Peek implements [audit.Replica].
func (r replica) Peek(ctx context.Context, key coherent.Key) (at coherent.Peek, err error) {
	body, err := json.Marshal(look{key.String()})
	if err != nil {
		return at, fmt.Errorf("POST %s: %w", peekPath, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+peekPath, bytes.NewReader(body))
	if err != nil {
		return at, fmt.Errorf("POST %s: %w", peekPath, err)
	}
	req.Header.Set("Content-Type", "application/json")
	peer.Repeatable(req)
	return at, r.answer(req, &at)
}

// Hits implements [audit.Replica].
func (r replica) Hits(ctx context.Context, most int) (keys []coherent.Key, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+hitsPath+"?limit="+strconv.Itoa(most), nil)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", hitsPath, err)
	}
	var answer hits
	err = r.answer(req, &answer)
	for _, text := range answer.Keys {
		if key, ok := coherent.ParseKey(text); ok {
			keys = append(keys, key)
		}
	}
	return keys, err
}

// answer sends req and reads what comes back.
func (r replica) answer(req *http.Request, into any) error {
	req.Header.Set("Authorization", "Bearer "+r.token)
	res, err := r.http.Do(req)
	if err != nil {
		return err // it says what was asked for, and where
	}
	defer res.Body.Close() //nolint:errcheck // it has been read
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: status %d", req.Method, req.URL.Path, res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = errTooLong
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, err)
	}
	return nil
}
