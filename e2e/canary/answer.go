package canary

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// answer is one that came in full.
type answer struct {
	status int
	header http.Header
	body   []byte // unpacked
	closes bool
}

// read returns the answer to a request. That it may go on is no answer.
func read(from *bufio.Reader, method string) (*answer, error) {
	for {
		res, err := http.ReadResponse(from, &http.Request{Method: method})
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return nil, fmt.Errorf("after %d bytes of the body: %w", len(body), err)
		}
		if res.StatusCode == http.StatusContinue {
			continue
		}
		a := &answer{res.StatusCode, res.Header, body, res.Close}
		if method != http.MethodHead {
			a.body, err = unpack(res.Header.Get("Content-Encoding"), body)
		}
		return a, err
	}
}

func unpack(coding string, body []byte) ([]byte, error) {
	var from io.Reader
	var err error
	switch coding {
	case "":
		return body, nil
	case "gzip":
		from, err = gzip.NewReader(bytes.NewReader(body))
	case "zstd":
		d, failed := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1))
		if failed == nil {
			defer d.Close()
		}
		from, err = d, failed
	default:
		err = fmt.Errorf("packed as %q", coding)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(from)
}

// secrets is what tells whose an answer is: markers, ids and tokens.
var secrets = regexp.MustCompile(`canary[a-z2-7]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`)

// judge knows whose everything is. What it has not seen before belongs to whom
// it is shown first.
type judge struct{ owners sync.Map }

// own makes all that somebody begins with theirs.
func (j *judge) own(p *person) {
	for _, text := range []string{p.marker, p.id, p.product} {
		j.owners.Store(text, p)
	}
}

// foreign returns what is wrong with text being shown to the sender of r.
func (j *judge) foreign(r request, text string) error {
	for _, found := range secrets.FindAllString(text, -1) {
		owner, known := j.owners.Load(found)
		if !known && !r.public {
			owner, known = j.owners.LoadOrStore(found, r.by)
		}
		if known && owner != r.by && !slices.Contains(r.mentions, found) {
			return fmt.Errorf("it shows %q of %s: %q", found, owner.(*person).marker, text)
		}
	}
	return nil
}

// verdict returns what is wrong with a being the answer to r. When a service was
// away that may be so; then away is true.
func (j *judge) verdict(r request, a *answer) (away bool, err error) {
	var shown strings.Builder
	_ = a.header.Write(&shown) // to memory
	shown.Write(a.body)
	if err := j.foreign(r, shown.String()); err != nil {
		return false, err
	}
	away = a.status == http.StatusBadGateway || a.status == http.StatusServiceUnavailable || a.status == http.StatusGatewayTimeout
	if !away && !slices.Contains(r.statuses, a.status) {
		return false, fmt.Errorf("answered %d, not %v: %s", a.status, r.statuses, shown.String())
	}
	if id := a.header.Get("X-Request-Id"); id == "" || r.id != "" && id != r.id && !r.unread {
		return false, fmt.Errorf("answered as %q", id)
	}
	if r.last && !a.closes {
		return false, fmt.Errorf("the connection goes on: %s", shown.String())
	}
	switch {
	case r.method == http.MethodHead || a.status == http.StatusNotModified:
		return away, nil
	case a.status >= http.StatusBadRequest && a.header.Get("Content-Type") != "application/json": // which is /health
		return away, r.problem(a)
	}
	for _, text := range r.shows {
		if !bytes.Contains(a.body, []byte(text)) {
			return false, fmt.Errorf("it does not show %q: %s", text, shown.String())
		}
	}
	if r.learn != nil {
		return away, r.learn(a)
	}
	return away, nil
}

// problem returns what is wrong with a as the problem of r.
func (r request) problem(a *answer) error {
	var p struct {
		Status    int
		Instance  string
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		return fmt.Errorf("no problem: %w: %s", err, a.body)
	}
	path, _, _ := strings.Cut(r.target, "?")
	if p.Status != a.status || p.RequestID != a.header.Get("X-Request-Id") || !r.unread && p.Instance != path && p.Instance != "" {
		return fmt.Errorf("the problem of another: %d %s", a.status, a.body)
	}
	return nil
}
