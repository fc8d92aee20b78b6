package web

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
)

// ProblemContentType is the media type of a [Problem].
const ProblemContentType = "application/problem+json"

// maxFields bounds how much a small request can make the server answer.
const maxFields = 100

// Problem is the body of every answer that is an error (RFC 9457).
type Problem struct {
	Type      string         `json:"type" format:"uri-reference" doc:"What kind of problem this is"`
	Title     string         `json:"title" doc:"The kind of problem, for people"`
	Status    int            `json:"status" doc:"The HTTP status of the answer"`
	Detail    string         `json:"detail,omitempty" doc:"This occurrence of the problem, for people"`
	Instance  string         `json:"instance,omitempty" doc:"The path of the request"`
	Code      string         `json:"code" doc:"The kind of problem, for programs"`
	RequestID string         `json:"request_id,omitempty" doc:"The X-Request-Id of the answer"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"Everything that is wrong with the request"`
}

// ProblemField is one thing that is wrong with a request.
type ProblemField struct {
	Pointer   string `json:"pointer,omitempty" doc:"JSON Pointer (RFC 6901) into the body"`
	Parameter string `json:"parameter,omitempty" doc:"Name of the parameter"`
	Code      string `json:"code" doc:"What is wrong, for programs"`
	Detail    string `json:"detail,omitempty" doc:"What is wrong, for people"`
}

// NewProblem returns what clients may know of err. An error that is not an
// [errs.Error] is an internal one, and its text stays inside.
func NewProblem(err error, instance, requestID string) Problem {
	e := failure(err)
	p := Problem{
		Type:      "/problems/" + e.Code,
		Title:     e.Title,
		Status:    StatusOf(e),
		Detail:    e.Detail,
		Instance:  instance,
		Code:      e.Code,
		RequestID: requestID,
	}
	for _, f := range e.Fields[:min(len(e.Fields), maxFields)] {
		p.Errors = append(p.Errors, ProblemField(f))
	}
	return p
}

// WriteProblem answers the request of c with what clients may know of err.
func WriteProblem(c *fiber.Ctx, err error) {
	writeProblem(c, NewProblem(err, instanceOf(c), RequestID(c.UserContext())), failure(err))
}

func writeProblem(c *fiber.Ctx, p Problem, e *errs.Error) {
	c.Response().ResetBody()
	if challenge := Challenge(e); challenge != "" {
		c.Set(fiber.HeaderWWWAuthenticate, challenge)
	}
	if seconds := RetryAfter(e); seconds != "" {
		c.Set(fiber.HeaderRetryAfter, seconds)
	}
	c.Status(p.Status)
	c.Set(fiber.HeaderContentType, ProblemContentType)
	c.Set(fiber.HeaderCacheControl, "no-store")
	body, _ := encode(p) // strings and numbers always encode
	c.Response().SetBodyRaw(body)
}

// Challenge returns the WWW-Authenticate header that goes with err, or "". It
// speaks of an invalid token only if one was sent, as RFC 6750 wants it.
func Challenge(err error) string {
	e := failure(err)
	if StatusOf(e) != http.StatusUnauthorized {
		return ""
	}
	switch e.Code {
	case "invalid_token", "token_expired", "session_revoked":
		return `Bearer error="invalid_token"`
	}
	return "Bearer"
}

// RetryAfter returns the Retry-After header that goes with err, in whole
// seconds, or "".
func RetryAfter(err error) string {
	e := failure(err)
	in := e.RetryIn
	switch StatusOf(e) {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		in = max(in, retryIn)
	}
	if in <= 0 {
		return ""
	}
	return strconv.Itoa(int(math.Ceil(float64(in) / float64(time.Second))))
}

// instanceOf returns the path of the request without its query, safe to put
// into a URI reference whatever bytes were sent.
func instanceOf(c *fiber.Ctx) string {
	raw := c.Context().URI().PathOriginal()
	var b strings.Builder
	for _, ch := range raw {
		if ch <= ' ' || ch >= 0x7f || strings.IndexByte(`"<>\^{|}`+"`", ch) >= 0 {
			b.WriteString("%" + strings.ToUpper(strconv.FormatInt(int64(ch)+0x100, 16)[1:]))
			continue
		}
		b.WriteByte(ch)
	}
	return b.String()
}
