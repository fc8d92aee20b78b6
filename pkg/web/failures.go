package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"stockroom/pkg/errs"
	"stockroom/pkg/wire"
)

// Failures of the transport itself.
var (
	ErrMalformedRequest = wire.ErrMalformed
	ErrMalformedJSON    = errs.New(errs.Malformed, "malformed_json", "Malformed JSON")
	ErrUnauthenticated  = errs.New(errs.Unauthenticated, "unauthenticated", "Authentication required")
	ErrRouteNotFound    = errs.New(errs.NotFound, "not_found", "Not found")
	ErrMethodNotAllowed = errs.New(errs.NotFound, "method_not_allowed", "Method not allowed")
	ErrBodyTooLarge     = wire.ErrBodyTooLarge
	ErrMediaType        = errs.New(errs.Unsupported, "unsupported_media_type", "Unsupported media type")
	ErrInternal         = errs.New(errs.Internal, "internal", "Internal error")
	ErrUnavailable      = errs.ErrUnavailable
	ErrTimeout          = errs.New(errs.Timeout, "upstream_timeout", "Something needed did not answer in time")
)

// retryIn is what clients are told when nothing better is known.
const retryIn = time.Second

// StatusOf returns the HTTP status that answers err: the one of its code if the
// code has its own, else the one of its kind.
func StatusOf(err error) int {
	e := failure(err)
	switch e.Code {
	case "method_not_allowed":
		return http.StatusMethodNotAllowed
	case "not_acceptable":
		return http.StatusNotAcceptable
	case "request_timeout":
		return http.StatusRequestTimeout
	case "gone":
		return http.StatusGone
	case "uri_too_long":
		return http.StatusRequestURITooLong
	case "precondition_required":
		return http.StatusPreconditionRequired
	case "headers_too_large":
		return http.StatusRequestHeaderFieldsTooLarge
	case "bad_gateway":
		return http.StatusBadGateway
	}
	return statusOfKind(e.Kind)
}

func statusOfKind(kind errs.Kind) int {
	switch kind {
	case errs.Malformed:
		return http.StatusBadRequest
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Stale:
		return http.StatusPreconditionFailed
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Unsupported:
		return http.StatusUnsupportedMediaType
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Throttled:
		return http.StatusTooManyRequests
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	case errs.Timeout:
		return http.StatusGatewayTimeout
	default:
		return http.StatusInternalServerError
	}
}

// failure returns what a client may know of err. A context that ran out is a
// timeout, because the only deadline of a request is the one it gets here.
func failure(err error) *errs.Error {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout
	case errors.Is(err, context.Canceled):
		return ErrUnavailable
	}
	return ErrInternal
}
