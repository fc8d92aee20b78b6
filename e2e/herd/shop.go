// Package herd has thousands ask for the same at the same moment.
package herd

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
	"stockroom/pkg/coherent"
	"stockroom/pkg/testkit"
	"stockroom/pkg/token/tokentest"
)

// patience is for what has to happen on a busy machine.
const patience = time.Minute

const productsPath = "/api/v1/products"

// shop is a catalog of three replicas that share a Redis.
type shop struct {
	replicas []replica
	internal string // the token
	admin    string // another
}

// replica is where a process of the catalog listens.
type replica struct{ addr, internal string }

func open(t *testing.T) *shop {
	t.Helper()

	const count = 3
	issuer := tokentest.New(t)
	doors := issuer.Serve(t)
	s := &shop{internal: rand.Text() + rand.Text(), admin: issuer.Token(t, "00000000-0000-7000-8000-00000000ac70", "admin")}
	common := map[string]string{
		"ENV": "development", "INTERNAL_TOKEN": s.internal,
		"AUTH_URL": doors.Auth, "AUTH_INTERNAL_URL": doors.AuthInternal, "USERS_INTERNAL_URL": doors.UsersInternal,
		"DATABASE_URL": testkit.PostgresURL(t), "REDIS_URL": testkit.Redis(t), "NATS_URL": testkit.NewNATSServer(t).URL(),
	}
	for range count {
		r := replica{stack.FreeAddr(t), stack.FreeAddr(t)}
		common["ADDR"], common["INTERNAL_ADDR"] = r.addr, r.internal
		stack.Serve(t, "catalogd", common)
		s.replicas = append(s.replicas, r)
		require.Eventually(t, func() bool {
			res, err := http.Get("http://" + r.internal + "/readyz") //nolint:noctx // on this machine
			if err != nil {
				return false
			}
			_ = res.Body.Close() // only the status was wanted
			return res.StatusCode == http.StatusOK
		}, patience, 10*time.Millisecond)
	}
	return s
}

// call sends a request, which must succeed, and returns what comes back.
func call(t *testing.T, method, url, token, body string) (http.Header, []byte) {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was read
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Less(t, res.StatusCode, http.StatusBadRequest, "%s", answer)
	return res.Header, answer
}

// create adds a product and returns its id.
func (s *shop) create(t *testing.T) string {
	t.Helper()

	_, body := call(t, http.MethodPost, "http://"+s.replicas[0].addr+productsPath, s.admin, `{"name":"Lamp","sku":"L-1","price":19.99}`)
	var p struct{ ID string }
	require.NoError(t, json.Unmarshal(body, &p))
	return p.ID
}

// change changes a product, and returns the number of the write when every
// replica and their Redis have dropped what they had of it. A Redis that was too
// slow for the event is brought up to date by whoever reads next; so somebody
// reads, but something else.
func (s *shop) change(t *testing.T, id string, stock int) (seq string) {
	t.Helper()

	header, _ := call(t, http.MethodPut, "http://"+s.replicas[0].addr+productsPath+"/"+id, s.admin, fmt.Sprintf(`{"stock":%d}`, stock))
	seq = header.Get("Catalog-Seq")
	_, number, _ := strings.Cut(seq, ".")
	for _, r := range s.replicas {
		require.Eventually(t, func() bool {
			call(t, http.MethodGet, "http://"+r.addr+productsPath+"?page_size=1", s.admin, "")
			_, body := call(t, http.MethodPost, "http://"+r.internal+"/internal/v1/cache/peek", s.internal, `{"key":"`+coherent.Item(id).String()+`"}`)
			var at coherent.Peek
			require.NoError(t, json.Unmarshal(body, &at))
			return at.Fresh && fmt.Sprint(at.Applied.Seq) == number && fmt.Sprint(at.L2.Watermark) == number &&
				at.L1.State == "missing" && at.L2.State == "missing"
		}, patience, 5*time.Millisecond)
	}
	return seq
}

// count returns what a counter shows, all replicas together.
func (s *shop) count(t *testing.T, name string) (sum int) {
	t.Helper()

	for _, r := range s.replicas {
		_, shown := call(t, http.MethodGet, "http://"+r.internal+"/metrics", s.internal, "")
		found := regexp.MustCompile(`(?m)^` + name + ` (\d+)`).FindSubmatch(shown)
		require.NotNil(t, found, name)
		n, err := strconv.Atoi(string(found[1]))
		require.NoError(t, err)
		sum += n
	}
	return sum
}
