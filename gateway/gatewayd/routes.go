package gatewayd

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/gateway/admission"
)

// The services that the gateway leads to.
const (
	auth    = "auth"
	users   = "users"
	catalog = "catalog"
)

// access says whether the gateway looks for a token before it forwards a
// request. What its owner may do is decided by the service, which looks again.
type access bool

const (
	anyone access = false
	signed access = true
)

// Deadlines of a request, from its arrival to its answer.
const (
	usual   = 10 * time.Second
	hashing = 15 * time.Second // may wait for its turn to hash a password
)

// route says where a request goes. In a pattern, {} stands for one segment.
type route struct {
	method   string
	pattern  string
	service  string
	access   access
	within   time.Duration
	cost     int                // against the limits of requests
	priority admission.Priority // when the service has too many
	streams  streaming
}

// streaming says what of a request is passed on as it comes, instead of being
// kept until it is complete. Then within is the time until the answer begins,
// each piece has a time of its own, and nothing is compressed or tried again.
type streaming uint8

const (
	whole    streaming = iota // nothing: both fit into memory
	upload                    // the body, such as a file to import
	download                  // the answer, such as an export
	feed                      // an answer that does not end; whoever reads it comes back
)

// What requests cost.
const (
	free     = 0 // whoever watches the system must not be kept out
	ordinary = 1
	hashed   = 10 // hundreds of milliseconds of processor time
)

// Who goes first.
const (
	list   = admission.List
	read   = admission.Read
	change = admission.Change
	signIn = admission.SignIn
	apart  = admission.Apart // whatever may hash a password
)

// routes is all that can be reached through the gateway, besides what it
// answers itself. HEAD goes wherever GET goes.
var routes = []route{
	{"POST", "/api/v1/auth/register", auth, anyone, hashing, hashed, apart, whole},
	{"POST", "/api/v1/auth/login", auth, anyone, hashing, hashed, apart, whole},
	{"POST", "/api/v1/auth/login/json", auth, anyone, hashing, hashed, apart, whole},
	{"POST", "/api/v1/auth/refresh", auth, anyone, usual, ordinary, signIn, whole},
	{"GET", "/api/v1/auth/me", auth, signed, usual, ordinary, read, whole},
	{"GET", "/api/v1/auth/sessions", auth, signed, usual, ordinary, read, whole},
	{"DELETE", "/api/v1/auth/sessions/{}", auth, signed, usual, ordinary, signIn, whole},
	{"POST", "/api/v1/auth/logout", auth, signed, usual, ordinary, signIn, whole},
	{"POST", "/api/v1/auth/logout-all", auth, signed, usual, ordinary, signIn, whole},
	{"POST", "/api/v1/auth/password", auth, signed, hashing, hashed, apart, whole},
	{"POST", "/api/v1/auth/password-reset", auth, anyone, usual, ordinary, change, whole},
	{"POST", "/api/v1/auth/password-reset/confirm", auth, anyone, hashing, hashed, apart, whole},
	{"POST", "/api/v1/auth/email-verification", auth, anyone, usual, ordinary, change, whole}, // or signed in: auth looks
	{"POST", "/api/v1/auth/email-verification/confirm", auth, anyone, usual, ordinary, change, whole},
	{"GET", "/.well-known/jwks.json", auth, anyone, usual, ordinary, signIn, whole},
	{"GET", "/.well-known/oauth-authorization-server", auth, anyone, usual, ordinary, read, whole},

	{"GET", "/api/v1/users", users, signed, usual, ordinary, list, whole},
	{"GET", "/api/v1/users/me", users, signed, usual, ordinary, read, whole},
	{"GET", "/api/v1/users/{}", users, signed, usual, ordinary, read, whole},
	{"PUT", "/api/v1/users/{}", users, signed, hashing, hashed, apart, whole},
	{"PATCH", "/api/v1/users/{}", users, signed, hashing, hashed, apart, whole},
	{"DELETE", "/api/v1/users/{}", users, signed, usual, ordinary, change, whole},
	{"PUT", "/api/v1/users/{}/role", users, signed, usual, ordinary, change, whole},
	{"POST", "/api/v1/users/{}/deactivate", users, signed, usual, ordinary, change, whole},
	{"POST", "/api/v1/users/{}/activate", users, signed, usual, ordinary, change, whole},
	{"POST", "/api/v1/users/{}/restore", users, signed, usual, ordinary, change, whole},
	{"POST", "/api/v1/users/{}/erase", users, signed, usual, ordinary, change, whole},
	{"GET", "/api/v1/users/{}/audit", users, signed, usual, ordinary, list, whole},

	{"GET", "/api/v1/products", catalog, anyone, usual, ordinary, list, whole},
	{"GET", "/api/v1/products/search", catalog, anyone, usual, ordinary, list, whole},
	{"GET", "/api/v1/products/{}", catalog, anyone, usual, ordinary, read, whole},
	{"POST", "/api/v1/products", catalog, signed, usual, ordinary, change, whole},
	{"PUT", "/api/v1/products/{}", catalog, signed, usual, ordinary, change, whole},
	{"DELETE", "/api/v1/products/{}", catalog, signed, usual, ordinary, change, whole},
}

// Route is what others may know of the routing table.
type Route struct {
	Method  string
	Pattern string // {} stands for one segment
	Token   bool   // the gateway looks for one
}

// Routes returns what can be reached through the gateway, besides what it
// answers itself.
func Routes() []Route {
	all := make([]Route, 0, len(routes))
	for _, r := range routes {
		all = append(all, Route{r.method, r.pattern, r.access == signed})
	}
	return all
}

// OwnRoutes returns what the gateway answers itself, to anyone.
func OwnRoutes() []Route {
	var all []Route
	for _, e := range new(Server).own() {
		all = append(all, Route{e.method, e.pattern, false})
	}
	return all
}

// endpoint is one thing that can be done at one resource: forwarded, or
// answered by the gateway.
type endpoint struct {
	route
	answer func(ctx *fasthttp.RequestCtx) error // nil: forward
}

// resource is all that can be done at one pattern.
type resource struct {
	pattern   string
	prefix    []byte // what stands before the first {}
	segments  [][]byte
	endpoints map[string]endpoint // by method
	allow     string
}

// table finds the resource for a path.
type table struct {
	fixed    map[string]*resource
	variable []*resource
	uploads  bool // the bodies of some requests are passed on as they come
}

// streams reports whether line is that of a request whose body is passed on as it
// comes. It decides nothing else.
func (t *table) streams(line []byte) bool {
	method, rest, _ := bytes.Cut(line, []byte(" "))
	target, _, _ := bytes.Cut(rest, []byte(" "))
	path, _, _ := bytes.Cut(target, []byte("?"))
	r := t.find(path)
	return r != nil && r.endpoints[string(method)].streams == upload
}

func newTable(endpoints []endpoint) *table {
	t := &table{fixed: map[string]*resource{}}
	for _, e := range endpoints {
		r := t.resource(e.pattern)
		r.endpoints[e.method] = e
		t.uploads = t.uploads || e.streams == upload
		if e.method == fasthttp.MethodGet {
			r.endpoints[fasthttp.MethodHead] = e
		}
		methods := make([]string, 0, len(r.endpoints))
		for method := range r.endpoints {
			methods = append(methods, method)
		}
		slices.Sort(methods)
		r.allow = strings.Join(methods, ", ")
	}
	return t
}

// resource returns the resource for pattern, making it if there is none.
func (t *table) resource(pattern string) *resource {
	if r, ok := t.fixed[pattern]; ok {
		return r
	}
	for _, r := range t.variable {
		if r.pattern == pattern {
			return r
		}
	}
	r := &resource{pattern: pattern, segments: bytes.Split([]byte(pattern), []byte("/")), endpoints: map[string]endpoint{}}
	r.prefix, _, _ = bytes.Cut([]byte(pattern), []byte("{}"))
	if strings.Contains(pattern, "{}") {
		t.variable = append(t.variable, r)
	} else {
		t.fixed[pattern] = r
	}
	return r
}

// find returns the resource that path names, or nil. Names win over {}.
func (t *table) find(path []byte) *resource {
	if r, ok := t.fixed[string(path)]; ok {
		return r
	}
	segments := bytes.Count(path, []byte("/")) + 1
	for _, r := range t.variable {
		if len(r.segments) == segments && bytes.HasPrefix(path, r.prefix) && r.takes(path) {
			return r
		}
	}
	return nil
}

// takes reports whether a path of as many segments is one of r.
func (r *resource) takes(path []byte) bool {
	i := 0
	for segment := range bytes.SplitSeq(path, []byte("/")) {
		if want := r.segments[i]; string(want) == "{}" {
			if len(segment) == 0 {
				return false
			}
		} else if !bytes.Equal(want, segment) {
			return false
		}
		i++
	}
	return true
}
