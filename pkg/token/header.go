package token

import "strings"

// bearer returns the token of a request, given the values of all its
// Authorization headers. With two of them, two readers might believe two
// different ones, so that is refused.
func bearer(authorization []string) (string, error) {
	if len(authorization) == 0 {
		return "", ErrUnauthenticated
	}
	if len(authorization) > 1 {
		return "", ErrInvalid.Because("There must be one Authorization header only.")
	}
	scheme, raw, _ := strings.Cut(authorization[0], " ")
	raw = strings.Trim(raw, " ")
	if !strings.EqualFold(scheme, "Bearer") || raw == "" {
		return "", ErrUnauthenticated
	}
	return raw, nil
}
