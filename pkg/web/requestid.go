package web

import (
	"context"

	"github.com/google/uuid"

	"stockroom/pkg/telemetry"
)

// HeaderRequestID names the header that a request's id arrives and leaves in.
const HeaderRequestID = "X-Request-Id"

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string { return telemetry.RequestID(ctx) }

// UseRequestID returns the id that a request has: the one it came with if that
// is well-formed, else a new one. Anything else could forge lines of the log.
func UseRequestID(sent string) string {
	if wellFormedID(sent) {
		return sent
	}
	return uuid.Must(uuid.NewV7()).String()
}

func wellFormedID(s string) bool {
	if len(s) < 1 || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		switch ch := s[i]; {
		case 'a' <= ch && ch <= 'z', 'A' <= ch && ch <= 'Z', '0' <= ch && ch <= '9':
		case ch == '.', ch == '_', ch == '-':
		default:
			return false
		}
	}
	return true
}
