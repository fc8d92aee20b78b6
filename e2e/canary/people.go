package canary

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

const password = "Correct-Horse-7"

// young is how old a token may be that is used: it is good for five minutes.
const young = 2 * time.Minute

// person is somebody whose marker is in all that is theirs.
type person struct {
	marker  string
	admin   bool
	id      string
	product string // the id of the one that bears their marker

	mu         sync.Mutex
	token      string
	from       time.Time
	refreshing []string // refresh tokens that nobody has used
	tag        string   // the ETag of their product when it was seen last
}

func (p *person) email() string { return p.marker + "@example.com" }

// device is what their sessions say of themselves.
func (p *person) device() string { return "device of " + p.marker }

// signedIn takes note of the tokens of a new session. Those of old ones are
// forgotten: an account has so many sessions, and the oldest give way.
func (p *person) signedIn(access, refresh string) {
	const spare = 4
	p.mu.Lock()
	defer p.mu.Unlock()
	p.token, p.from = access, time.Now()
	p.refreshing = append(p.refreshing, refresh)
	p.refreshing = p.refreshing[max(0, len(p.refreshing)-spare):]
}

// refreshToken returns one that has not been used, or "".
func (p *person) refreshToken() (token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.refreshing); n > 0 {
		token, p.refreshing = p.refreshing[n-1], p.refreshing[:n-1]
	}
	return token
}

func (p *person) seen(tag string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tag = tag
}

func (p *person) lastTag() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tag
}

// bearer returns a token of p that will be good for a while.
func (p *person) bearer() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.token
}

func (p *person) stale() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.from) > young
}

// office asks for what people begin with, one thing after the other.
type office struct {
	url  string
	http *http.Client
}

// hire makes n people, every second one an administrator.
func (o office) hire(ctx context.Context, owner, ownersPassword string, n int) ([]*person, error) {
	boss := &person{marker: owner}
	if err := o.signIn(ctx, boss, ownersPassword); err != nil {
		return nil, err
	}
	var all []*person
	for i := range n {
		p := &person{marker: "canary" + strings.ToLower(rand.Text()[:16]), admin: i%2 == 0}
		var made struct{ ID string }
		err := o.ask(ctx, "POST", "/api/v1/auth/register", "", "", map[string]any{"email": p.email(), "username": p.marker, "password": password}, &made)
		if err != nil {
			return nil, err
		}
		p.id = made.ID
		if p.admin {
			if err := o.ask(ctx, "PUT", "/api/v1/users/"+p.id+"/role?role=admin", boss.token, "", nil, nil); err != nil {
				return nil, err
			}
		}
		if err := o.ask(ctx, "POST", "/api/v1/products", boss.token, "", p.draft(0), &made); err != nil {
			return nil, err
		}
		p.product = made.ID
		if err := o.signIn(ctx, p, password); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// draft is their product, so long that answers with it are packed.
func (p *person) draft(stock int) map[string]any {
	return map[string]any{
		"name": "Lamp of " + p.marker, "sku": p.marker, "category": p.marker, "price": "19.90", "stock": stock,
		"description": strings.Repeat("made for "+p.marker+". ", 60),
	}
}

func (o office) signIn(ctx context.Context, p *person, secret string) error {
	var got struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	err := o.ask(ctx, "POST", "/api/v1/auth/login/json", "", p.device(), map[string]any{"username": p.marker, "password": secret}, &got)
	if err == nil {
		p.signedIn(got.Access, got.Refresh)
	}
	return err
}

// ask sends a request until something else comes than that a service is away.
func (o office) ask(ctx context.Context, method, path, token, device string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		status, answer, err := o.once(ctx, method, path, token, device, body)
		switch {
		case err != nil:
			return fmt.Errorf("%s %s: %w", method, path, err)
		case status >= http.StatusInternalServerError:
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s %s: %d until %w: %s", method, path, status, ctx.Err(), answer)
			case <-time.After(20 * time.Millisecond):
			}
		case status >= http.StatusMultipleChoices:
			return fmt.Errorf("%s %s: %d: %s", method, path, status, answer)
		case into == nil:
			return nil
		default:
			return json.Unmarshal(answer, into)
		}
	}
}

func (o office) once(ctx context.Context, method, path, token, device string, body any) (int, []byte, error) {
	var content io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, o.url+path, content)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", device)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := o.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it is read
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}
