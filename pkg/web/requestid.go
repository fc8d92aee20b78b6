package web

import (
	"context"
	"encoding/binary"
	"math/rand/v2"

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
	return newRequestID()
}

// newRequestID makes a random UUID. It only has to differ from others, which it
// does without asking the system for randomness at every request.
func newRequestID() string {
	var id uuid.UUID
	binary.NativeEndian.PutUint64(id[:8], rand.Uint64()) //nolint:gosec // nothing depends on its being secret
	binary.NativeEndian.PutUint64(id[8:], rand.Uint64()) //nolint:gosec // as above
	id[6] = id[6]&0x0f | 0x40                            // version 4
	id[8] = id[8]&0x3f | 0x80                            // of RFC 9562
	return id.String()
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
