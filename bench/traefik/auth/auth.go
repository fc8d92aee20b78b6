// Package auth stands for the fork of go-http-auth with which Traefik asks for
// passwords, and which cannot be had everywhere. It lets nobody in.
package auth

import "net/http"

// SecretProvider returns what the password of a user is compared with.
type SecretProvider func(user, realm string) string

// CheckSecret finds every password wrong.
func CheckSecret(_, _ string) bool { return false }

// BasicAuth refuses everybody.
type BasicAuth struct {
	Realm   string
	Secrets SecretProvider
}

// RequireAuth refuses a request.
func (*BasicAuth) RequireAuth(w http.ResponseWriter, _ *http.Request) { refuse(w) }

// DigestAuth refuses everybody.
type DigestAuth struct{}

// NewDigestAuthenticator returns one that refuses everybody.
func NewDigestAuthenticator(string, SecretProvider) *DigestAuth { return new(DigestAuth) }

// DigestAuthParams finds nothing in a header.
func DigestAuthParams(string) map[string]string { return nil }

// CheckAuth recognizes nobody.
func (*DigestAuth) CheckAuth(*http.Request) (user string, info *string) { return "", nil }

// RequireAuth refuses a request.
func (*DigestAuth) RequireAuth(w http.ResponseWriter, _ *http.Request) { refuse(w) }

// RequireAuthStale refuses a request.
func (*DigestAuth) RequireAuthStale(w http.ResponseWriter, _ *http.Request) { refuse(w) }

func refuse(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }
