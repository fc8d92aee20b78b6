package fleet_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/fleet"
	"stockroom/e2e/stack"
)

func TestMain(m *testing.M) { stack.Main(m) }

// Catalogs are stopped as in an upgrade, and killed, while there is load.
func TestInstancesComeAndGo(t *testing.T) {
	s := stack.Processes(t, stack.Options{})
	for name, programme := range map[string]fleet.Programme{
		"Replace": fleet.Replace(2, "catalog"),
		"Kill":    fleet.Kill("catalog"),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, fleet.Run(t.Context(), fleet.Config{
				URL: s.URL, Username: s.Admin.Username, Password: s.Admin.Password,
				Readers: 8, Writers: 4, ReadRate: 200, WriteRate: 20, PeopleRate: 1,
				MinReads: 1000, MinWrites: 100,
			}, programme, &processes{t, s}, t.Output()))
		})
	}
}

// processes drives the catalogs of a system of separate processes.
type processes struct {
	t *testing.T
	s *stack.System
}

var catalogs = []string{"catalog-1", "catalog-2"}

// Replace implements [fleet.Driver]. There is one gateway, with nothing in
// front of it that could do without.
func (p *processes) Replace(ctx context.Context, service string) error {
	if service != "catalog" {
		return nil
	}
	for i, name := range catalogs {
		p.s.Processes[name].Stop(p.t)
		p.s.Processes[name].Start(p.t)
		p.await(ctx, i)
	}
	return nil
}

// Kill implements [fleet.Driver].
func (p *processes) Kill(context.Context, string) error {
	p.s.Processes[catalogs[0]].Kill()
	return nil
}

// Settle implements [fleet.Driver].
func (p *processes) Settle(ctx context.Context) error {
	p.s.Processes[catalogs[0]].Start(p.t)
	p.await(ctx, 0)
	return nil
}

// Stop implements [fleet.Driver].
func (p *processes) Stop(context.Context, string) error { return nil }

// Start implements [fleet.Driver].
func (p *processes) Start(context.Context, string) error { return nil }

// Instances implements [fleet.Driver].
func (p *processes) Instances(context.Context) (string, error) { return "", nil }

// await returns when the i-th catalog answers.
func (p *processes) await(ctx context.Context, i int) {
	require.Eventually(p.t, func() bool {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.s.Catalogs[i]+"/api/v1/products", http.NoBody)
		require.NoError(p.t, err)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		return res.Body.Close() == nil && res.StatusCode == http.StatusOK
	}, time.Minute, 20*time.Millisecond)
}
