package stack

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// signIn returns the status of the administrator's sign-in.
func (s *System) signIn(ctx context.Context) int {
	form := url.Values{"username": {s.Admin.Username}, "password": {s.Admin.Password}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/api/v1/auth/login", strings.NewReader(form.Encode()))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(req)
}
