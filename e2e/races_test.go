package e2e_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// many is how many do the same at once.
const many = 50

var raceChecks = map[string]check{
	"OneEmailOneAccount":    oneEmailOneAccount,
	"OneUsernameOneAccount": oneUsernameOneAccount,
	"OneSKUOneProduct":      oneSKUOneProduct,
	"NoUpdateIsLost":        noUpdateIsLost,
}

// inParallel calls do n times at once and returns what each returned.
func inParallel[T any](n int, do func(i int) T) []T {
	results := make([]T, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			results[i] = do(i)
		})
	}
	done.Wait()
	return results
}

// requireOneWins wants one 201, and the same refusal for all others.
func requireOneWins(t *testing.T, answers []answer, code string) {
	t.Helper()
	created := 0
	for _, a := range answers {
		if a.StatusCode == http.StatusCreated {
			created++
			continue
		}
		require.Equal(t, http.StatusConflict, a.StatusCode, a)
		require.Equal(t, code, a.problem().Code)
	}
	require.Equal(t, 1, created)
}

func oneEmailOneAccount(t *testing.T, w *world) {
	email := unique("race") + "@example.com"
	answers := w.together(t, repeat(many, func(int) *http.Request {
		return w.anyone().request(t, http.MethodPost, registerPath, fields{"email": email, "username": unique("race"), "password": password})
	})...)
	requireOneWins(t, answers, "email_taken")
}

func oneUsernameOneAccount(t *testing.T, w *world) {
	name := unique("race")
	answers := w.together(t, repeat(many, func(i int) *http.Request {
		username := name
		if i%2 == 0 {
			username = strings.ToUpper(name)
		}
		return w.anyone().request(t, http.MethodPost, registerPath,
			fields{"email": unique("race") + "@example.com", "username": username, "password": password})
	})...)
	requireOneWins(t, answers, "username_taken")
	require.NotEmpty(t, w.signIn(t, name, password).AccessToken, "the account is whole")
}

func oneSKUOneProduct(t *testing.T, w *world) {
	sku, admin := unique("RACE"), w.admin(t)
	answers := w.together(t, repeat(many, func(int) *http.Request {
		return admin.request(t, http.MethodPost, productsPath, draft(fields{"sku": sku}))
	})...)
	requireOneWins(t, answers, "sku_taken")
}

// noUpdateIsLost changes two members of one product at once, over and over.
func noUpdateIsLost(t *testing.T, w *world) {
	p, admin := w.product(t, nil), w.admin(t)
	var newest answer
	for range 10 {
		name, description := unique("n"), unique("d")
		answers := w.together(t,
			admin.request(t, http.MethodPut, p.path(), fields{"name": name}),
			admin.request(t, http.MethodPut, p.path(), fields{"description": description}))
		newest = answers[0]
		if answers[1].want(http.StatusOK).product().Version > answers[0].want(http.StatusOK).product().Version {
			newest = answers[1]
		}
		require.Equal(t, name, newest.product().Name)
		require.Equal(t, description, *newest.product().Description)
	}
	got := w.reading(t, p.path(), newest.Header.Get("Catalog-Seq")).want(http.StatusOK)
	require.Equal(t, newest.body, got.body)
}
