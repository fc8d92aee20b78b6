package standalone

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Admin is the first administrator.
type Admin struct{ Email, Username, Password string }

// errAdmin says that an administrator was described by halves.
var errAdmin = errors.New("an administrator needs email, username and password")

// orGenerated returns a, or who is made if a is nobody.
func (a Admin) orGenerated(s *secrets) (Admin, error) {
	switch {
	case a.Email != "" && a.Username != "" && a.Password != "":
		return a, nil
	case a != Admin{}:
		return Admin{}, errAdmin
	case s.AdminPassword == "":
		return Admin{}, nil // made and shown long ago
	}
	return Admin{Email: "admin@example.com", Username: "admin", Password: s.AdminPassword}, nil
}

// GeneratePassword returns a password of 80 bits that keeps every rule.
func GeneratePassword() string {
	text := rand.Text()
	return "7-" + strings.ToLower(text[:8]) + "-" + text[8:16]
}

// AwaitAdmin waits until there is an administrator. If its password was made up
// here and not shown yet, it returns who that is; call [Stockroom.AdminShown]
// when it has been.
func (s *Stockroom) AwaitAdmin(ctx context.Context) (Admin, bool, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := s.admins(ctx)
		if err == nil && n > 0 {
			generated := s.secrets.AdminPassword != "" && s.admin.Password == s.secrets.AdminPassword
			return s.admin, generated, nil
		}
		select {
		case <-ctx.Done():
			return Admin{}, false, errors.Join(fmt.Errorf("wait for an administrator: %w", ctx.Err()), err)
		case <-tick.C:
		}
	}
}

// AdminShown forgets the generated password.
func (s *Stockroom) AdminShown() error {
	if s.secrets.AdminPassword == "" {
		return nil
	}
	s.secrets.AdminPassword = ""
	return s.secrets.save()
}

// admins asks users how many administrators there are.
func (s *Stockroom) admins(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.usersURL+"/internal/v1/admins", http.NoBody)
	if err != nil {
		return 0, fmt.Errorf("count administrators: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+s.secrets.InternalToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("count administrators: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("count administrators: status %d", res.StatusCode)
	}
	var body struct {
		Active int `json:"active"`
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		return 0, fmt.Errorf("count administrators: %w", err)
	}
	return body.Active, nil
}
