package standalone_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/standalone"
)

// Writers go on while backups are made. What they knew to be there before a
// backup is there after its restore, and every account can be used.
func TestBackupUnderWritesHasAllThatWasAcknowledged(t *testing.T) {
	t.Parallel()

	s := open(t, t.TempDir())
	var mu sync.Mutex
	var skus, names []string
	remember := func(to *[]string, what string) {
		mu.Lock()
		defer mu.Unlock()
		*to = append(*to, what)
	}
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				sku := fmt.Sprintf("S-%d-%d", w, i)
				if write(t, s.URL()+productsPath, s.token, `{"name":"Cup","price":1,"sku":"`+sku+`"}`) {
					remember(&skus, sku)
				}
				name := fmt.Sprintf("user-%d-%d", w, i)
				if write(t, s.URL()+"/api/v1/auth/register", "", `{"email":"`+name+`@example.com","username":"`+name+`","password":"Correct-Horse-7"}`) {
					remember(&names, name)
				}
			}
		})
	}
	enough := func(n int) {
		require.Eventually(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(skus) >= n && len(names) >= n
		}, soon, time.Millisecond)
	}
	enough(5)
	mu.Lock()
	wantSKUs, wantNames := skus[:len(skus):len(skus)], names[:len(names):len(names)]
	mu.Unlock()
	file := s.backUp(t)
	enough(len(wantSKUs) + 1)
	stop()
	writers.Wait()
	s.stop()

	dir := t.TempDir()
	_, err := standalone.Restore(t.Context(), dir, file, false)
	require.NoError(t, err)
	for _, sku := range wantSKUs {
		require.Equal(t, int64(1), number(t, dir, "catalog", `select count(*) from products where sku = ?`, sku), sku)
	}
	credentials := map[string]bool{}
	for _, id := range texts(t, dir, "auth", `select account_id from credentials`) {
		credentials[id] = true
	}
	for _, id := range texts(t, dir, "users", `select id from accounts`) {
		require.True(t, credentials[id], "account %s has a credential", id)
	}
	again := open(t, dir)
	for _, name := range wantNames {
		signIn(t, again.Stockroom, standalone.Admin{Username: name, Password: "Correct-Horse-7"})
	}
}

func TestBackupReplacesNoFileAndMakesUpNoData(t *testing.T) {
	t.Parallel()

	s := open(t, t.TempDir())
	file := s.backUp(t)
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	_, err = standalone.Backup(t.Context(), s.Dir(), file, "")
	require.ErrorContains(t, err, "exists already")
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, before, after)

	empty, work := t.TempDir(), t.TempDir()
	_, err = standalone.Backup(t.Context(), empty, filepath.Join(work, "b.tar"), "")
	require.ErrorContains(t, err, "no data")
	require.Empty(t, listing(t, empty))
	require.Empty(t, listing(t, work))
}

func write(t *testing.T, url, token, body string) bool {
	status, answer := send(t, http.MethodPost, url, token, body)
	if status != http.StatusCreated && status != http.StatusServiceUnavailable {
		t.Errorf("%s: %d %s", url, status, answer)
	}
	return status == http.StatusCreated
}
