package e2e_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// world is a system and who uses it.
type world struct {
	system   *stack.System
	contract *contract
	http     *http.Client

	mu       sync.Mutex
	token    string
	signedIn time.Time

	writes sync.Mutex // apart from mu, which is held while the administrator signs in
	seq    string     // the Catalog-Seq of the latest write
}

// saw remembers the Catalog-Seq of a write, if it is the latest.
func (w *world) saw(seq string) {
	w.writes.Lock()
	defer w.writes.Unlock()
	if number(seq) > number(w.seq) {
		w.seq = seq
	}
}

func (w *world) lastSeq() string {
	w.writes.Lock()
	defer w.writes.Unlock()
	return w.seq
}

// number is the commit's in a Catalog-Seq, or 0.
func number(seq string) int64 {
	_, digits, _ := strings.Cut(seq, ".")
	n, _ := strconv.ParseInt(digits, 10, 64) // what is no number is no commit
	return n
}

func openWorld(t *testing.T, s *stack.System) *world {
	t.Helper()

	w := &world{system: s, http: newHTTP()}
	t.Cleanup(w.http.CloseIdleConnections)
	w.contract = openContract(t, w.anyone().get(t, "/api/v1/openapi.json").want(http.StatusOK).body)
	return w
}

// newHTTP returns a client that follows nothing and gives up on nothing that
// the system still works on.
func newHTTP() *http.Client {
	return &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// anyone is a client without a token.
func (w *world) anyone() client { return client{w: w} }

// as is a client with a token, which may be anything.
func (w *world) as(token string) client { return client{w: w, token: token} }

// admin is a client that may do everything. An access token lives for five
// minutes; the suite may take longer.
func (w *world) admin(t *testing.T) client {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.signedIn) > 2*time.Minute {
		w.signedIn = time.Now()
		w.token = w.signIn(t, w.system.Admin.Username, w.system.Admin.Password).AccessToken
	}
	return w.as(w.token)
}

// user is a new account and a client that has signed in with it.
func (w *world) user(t *testing.T) (account, client) {
	t.Helper()
	a := w.register(t)
	return a, w.as(w.signIn(t, a.Username, password).AccessToken)
}

// register makes an account whose password is [password].
func (w *world) register(t *testing.T) account {
	t.Helper()
	name := unique("user")
	return w.anyone().post(t, "/api/v1/auth/register", fields{
		"email": name + "@example.com", "username": name, "password": password,
	}).want(http.StatusCreated).account()
}

func (w *world) signIn(t *testing.T, username, password string) tokens {
	t.Helper()
	return w.anyone().post(t, "/api/v1/auth/login/json", fields{
		"username": username, "password": password,
	}).want(http.StatusOK).tokens()
}

// product makes a product in which changes replace what is usual.
func (w *world) product(t *testing.T, changes fields) product {
	t.Helper()
	return w.admin(t).post(t, "/api/v1/products", draft(changes)).want(http.StatusCreated).product()
}

// draft is what creates a product.
func draft(changes fields) fields {
	d := fields{"name": "Desk lamp", "sku": unique("SKU"), "price": 19.99}
	for name, value := range changes {
		d[name] = value
	}
	return d
}

const (
	password = "Correct-Horse-7"
	nowhere  = "0190a000-0000-7000-8000-00000000dead" // the id of nothing
)

// unique returns a text that nothing else holds.
func unique(prefix string) string { return prefix + strings.ToLower(rand.Text()[:16]) }

// fields is a JSON object that is sent.
type fields map[string]any

type account struct {
	ID            string    `json:"id"`
	Email         string    `json:"email"`
	Username      string    `json:"username"`
	EmailVerified bool      `json:"email_verified"`
	Role          string    `json:"role"`
	IsActive      bool      `json:"is_active"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
	DeletedAt     time.Time `json:"deleted_at,omitzero"`
}

func (a account) path() string { return "/api/v1/users/" + a.ID }

type tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
}

type product struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description *string   `json:"description"`
	Price       amount    `json:"price"`
	Stock       int       `json:"stock"`
	Category    *string   `json:"category"`
	SKU         string    `json:"sku"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Version     int64     `json:"version"`
}

func (p product) path() string { return "/api/v1/products/" + p.ID }

// amount is a price to the letter: as it stands in the answer.
type amount string

// UnmarshalJSON keeps the bytes.
func (a *amount) UnmarshalJSON(raw []byte) error {
	*a = amount(raw)
	if strings.HasPrefix(string(raw), `"`) {
		return fmt.Errorf("price %s is no number", raw)
	}
	return nil
}

type page struct {
	Items      []product `json:"items"`
	Total      int       `json:"total"`
	Page       int       `json:"page"`
	PageSize   int       `json:"page_size"`
	TotalPages int       `json:"total_pages"`
}

func (p page) skus() []string {
	skus := make([]string, 0, len(p.Items))
	for _, item := range p.Items {
		skus = append(skus, item.SKU)
	}
	return skus
}

// require that a time is now, whatever the clock of the machine that said it.
func requireRecent(t *testing.T, at time.Time) {
	t.Helper()
	require.WithinDuration(t, time.Now(), at, time.Hour)
	require.Equal(t, time.UTC, at.Location())
}
