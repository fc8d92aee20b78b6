package load_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/e2e/stack"
)

// tries is how many sign-ins of each kind there are.
const tries = 200

// BenchmarkFailedSignIns tells how long each way to fail takes, one try of each
// after the other. It takes the same time whatever -benchtime says.
func BenchmarkFailedSignIns(b *testing.B) {
	for _, cost := range []int{4, 10} { // what differs beside the hash shows with a cheap one
		b.Run(fmt.Sprintf("Cost%d", cost), func(b *testing.B) {
			sh := &shop{system: stack.Processes(b, stack.Options{PasswordCost: cost, Auth: map[string]string{
				"LOGIN_FREE_FAILURES": "1000000", "LOGIN_ADDRESS_FREE_FAILURES": "1000000",
			}})}
			sh.signIn(b)
			names := sh.unusable(b)
			for b.Loop() {
				sh.failedSignIns(b, names)
			}
		})
	}
}

var kinds = []string{"wrong", "unknown", "inactive", "deleted"}

// unusable makes accounts that nobody can sign in to as the tries do.
func (sh *shop) unusable(b *testing.B) map[string]string {
	b.Helper()

	names := map[string]string{}
	for _, kind := range kinds {
		name := fmt.Sprintf("%s%d", kind, time.Now().UnixNano())
		names[kind] = name
		if kind == "unknown" {
			continue
		}
		var made struct {
			ID string `json:"id"`
		}
		ask(b, sh.as("POST", "/api/v1/auth/register", fasthttp.StatusCreated,
			fmt.Sprintf(`{"username":%q,"email":"%s@example.com","password":"Correct-Horse-7"}`, name, name)), &made)
		switch kind {
		case "inactive":
			ask(b, sh.as("PUT", "/api/v1/users/"+made.ID, fasthttp.StatusOK, `{"is_active":false}`), &made)
		case "deleted":
			req, res := new(fasthttp.Request), new(fasthttp.Response)
			want := sh.as("DELETE", "/api/v1/users/"+made.ID, fasthttp.StatusNoContent, "")(req)
			require.NoError(b, fasthttp.Do(req, res))
			require.Equal(b, want, res.StatusCode())
		}
	}
	return names
}

func (sh *shop) as(method, path string, want int, body string) prepare {
	return func(req *fasthttp.Request) int {
		req.SetRequestURI(sh.system.URL + path)
		req.Header.SetMethod(method)
		if sh.token != "" {
			req.Header.Set("Authorization", "Bearer "+sh.token)
		}
		if body != "" {
			req.Header.SetContentType("application/json")
			req.SetBodyString(body)
		}
		return want
	}
}

func (sh *shop) failedSignIns(b *testing.B, names map[string]string) {
	b.Helper()

	took := map[string][]time.Duration{}
	req, res := new(fasthttp.Request), new(fasthttp.Response)
	for range tries {
		for _, kind := range kinds {
			want := sh.as("POST", "/api/v1/auth/login/json", fasthttp.StatusUnauthorized,
				fmt.Sprintf(`{"username":%q,"password":"Wrong-Horse-7"}`, names[kind]))(req)
			begin := time.Now()
			require.NoError(b, fasthttp.Do(req, res))
			took[kind] = append(took[kind], time.Since(begin))
			require.Equal(b, want, res.StatusCode(), kind)
		}
	}
	for _, kind := range kinds {
		slices.Sort(took[kind])
		b.ReportMetric(took[kind][tries/2].Seconds()*1000, kind+"-ms")
	}
	b.ReportMetric(0, "ns/op")
}
