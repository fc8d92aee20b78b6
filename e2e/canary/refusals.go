package canary

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// refused makes a request that is answered with a problem, after which the
// connection goes on.
func (m maker) refused(r request) request {
	switch m.IntN(9) {
	case 0:
		r = r.named("bad token", http.MethodGet, "/api/v1/users/me").with("Authorization: Bearer " + r.by.marker + ".x.y")
		return r.may(http.StatusUnauthorized)
	case 1:
		return r.named("no token", http.MethodGet, "/api/v1/users/me").may(http.StatusUnauthorized)
	case 2:
		return r.named("no such product", http.MethodGet, "/api/v1/products/"+uuid.NewString()).may(http.StatusNotFound)
	case 3:
		return r.named("no such route", http.MethodGet, "/api/v1/"+r.by.marker).may(http.StatusNotFound)
	case 4:
		r = r.named("no such method", http.MethodPatch, "/api/v1/products").signed().json(map[string]any{"name": r.by.marker})
		return r.may(http.StatusMethodNotAllowed)
	case 5:
		return r.named("no id", http.MethodGet, "/api/v1/products/"+r.by.marker).may(http.StatusUnprocessableEntity)
	case 6:
		r = r.named("no JSON", http.MethodPost, "/api/v1/auth/login/json").with("Content-Type: application/json")
		r.body = `{"username": "` + r.by.marker
		return r.may(http.StatusBadRequest)
	case 7:
		r = r.named("wrong fields", http.MethodPost, "/api/v1/products").signed()
		r = r.json(map[string]any{"name": "", "sku": r.by.marker, "price": -1}).may(http.StatusForbidden)
		if r.by.admin {
			return r.may(http.StatusUnprocessableEntity)
		}
		return r
	}
	r = r.named("packed body", http.MethodPut, "/api/v1/products/"+r.by.product).signed().with("Content-Encoding: gzip")
	return r.json(map[string]any{"name": r.by.marker}).may(http.StatusUnsupportedMediaType)
}

// hopeless makes a request that is refused with the end of its connection.
func (m maker) hopeless(r request) request {
	marked := strings.Repeat(r.by.marker, 1000)
	switch m.IntN(5) {
	case 0:
		r = r.named("body too large", http.MethodPut, "/api/v1/products/"+r.by.product).signed()
		return r.with("Content-Type: application/json", "Content-Length: 2000000", "", marked[:m.IntN(len(marked))]).
			may(http.StatusRequestEntityTooLarge).closing()
	case 1:
		r = r.named("head too large", http.MethodGet, "/api/v1/users/me").signed().with("X-Long: " + marked)
		r.unread = true
		return r.may(http.StatusRequestHeaderFieldsTooLarge).closing()
	case 2:
		r = r.named("target too long", http.MethodGet, "/api/v1/products?name="+marked[:9000])
		return r.may(http.StatusRequestURITooLong).closing()
	case 3:
		r = r.named("two lengths", http.MethodPost, "/api/v1/auth/login/json").with("Content-Type: application/json", "Transfer-Encoding: chunked")
		r.body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(r.by.marker), r.by.marker)
		return r.may(http.StatusBadRequest).closing()
	}
	r = r.named("blank in a name", http.MethodGet, "/api/v1/users/me").signed().with("X Canary: " + r.by.marker)
	r.unread = true
	return r.may(http.StatusBadRequest).closing()
}
