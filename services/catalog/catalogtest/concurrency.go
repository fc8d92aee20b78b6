package catalogtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

func concurrency() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"ConcurrentCreatesOfOneSKUHaveOneWinner": func(t *testing.T, b bundle) {
			results := each(20, func(n int) error {
				p := product(n)
				p.SKU = "WANTED"
				_, _, err := b.Create(t.Context(), p, actor)
				return err
			})
			var won int
			for _, err := range results {
				if err == nil {
					won++
					continue
				}
				require.ErrorIs(t, err, catalog.ErrSKUTaken)
			}
			require.Equal(t, 1, won)
			require.Equal(t, int64(1), b.list(t, catalog.Filter{}).Total)
			require.Equal(t, int64(1), b.head(t), "who lost used up no number")
		},
		"ConcurrentUpdatesAllCount": func(t *testing.T, b bundle) {
			p := b.create(t, product(1), func(p *catalog.Product) { p.Stock = 0 })
			require.Zero(t, b.found(t, p.ID).Stock)
			for _, err := range each(20, func(int) error {
				_, _, err := b.Update(t.Context(), p.ID, func(p *catalog.Product) error {
					p.Stock++
					return nil
				}, actor)
				return err
			}) {
				require.NoError(t, err)
			}
			require.Equal(t, int64(20), b.found(t, p.ID).Stock)
		},
		"VersionsAreSequenceNumbersWithoutGaps": func(t *testing.T, b bundle) {
			for n, err := range each(12, func(n int) error {
				p, _, err := b.Create(t.Context(), product(n), actor)
				if err != nil {
					return err
				}
				rival := product(n + 100)
				rival.SKU = p.SKU
				if _, _, err = b.Create(t.Context(), rival, actor); !errors.Is(err, catalog.ErrSKUTaken) {
					return fmt.Errorf("create with a taken SKU: %w", err)
				}
				_, err = b.delete(t.Context(), p.ID)
				return err
			}) {
				require.NoError(t, err, "product %d", n)
			}
			log := b.log(t, 0)
			require.Len(t, log, 24)
			for i, c := range log {
				require.Equal(t, int64(i+1), c.Seq)
			}
		},
		"ReadsAreTrueAsOfTheirCommit": func(t *testing.T, b bundle) {
			// Stock follows the sequence number, so every read tells its own truth.
			p := b.create(t, product(1), func(p *catalog.Product) { p.Stock = 1 })
			done := make(chan struct{})
			var reading sync.WaitGroup
			for range 2 {
				reading.Go(func() { b.readUntil(t, done, p.ID) })
			}
			for range 40 {
				_, _, err := b.Update(t.Context(), p.ID, func(p *catalog.Product) error {
					p.Stock++
					return nil
				}, actor)
				require.NoError(t, err)
			}
			close(done)
			reading.Wait()
		},
	}
}

// readUntil checks that what is read is neither older nor newer than it says.
func (b bundle) readUntil(t *testing.T, done <-chan struct{}, id catalog.ProductID) {
	for {
		p, asOf, err := b.Product(t.Context(), id)
		if err != nil || p.Version != p.Stock || asOf != p.Stock {
			t.Errorf("product: version %d, stock %d, as of %d: %v", p.Version, p.Stock, asOf, err)
		}
		page, err := b.Products(t.Context(), catalog.Query{Sort: catalog.Sort{By: catalog.ByStock}, Page: 1, Size: 1})
		if err != nil || len(page.Items) != 1 || page.AsOf != page.Items[0].Stock || page.Epoch != Epoch {
			t.Errorf("page: %+v: %v", page, err)
		}
		select {
		case <-done:
			return
		default:
		}
	}
}

// each calls f n times at once and returns what it returned.
func each(n int, f func(n int) error) []error {
	results := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			results[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return results
}
