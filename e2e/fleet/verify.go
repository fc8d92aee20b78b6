package fleet

import (
	"context"
	"fmt"
	"io"
	"time"
)

// verify reads back all that was acknowledged, and returns what is not there.
func (s *shop) verify(ctx context.Context, out io.Writer) (missing []string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_ = pause(ctx, staleness) // after which nobody may see an older value; ctx has more time

	unsure := 0
	for id, p := range s.ledger.products {
		if p.unsure {
			unsure++
		}
		a, _ := s.client.do(readChanging, request{method: "GET", path: "/api/v1/products/" + id})
		var got productBody
		if a.status == 200 {
			_ = a.into(&got) // and if not, it is not what it should be
		}
		if err := p.holds(a.status, got.Version, got.Stock); err != nil {
			missing = append(missing, "lost write: "+err.Error())
		}
	}
	for _, id := range s.ledger.accounts {
		if a, ok := s.client.do(findAccount, request{method: "GET", path: "/api/v1/users/" + id, token: s.token()}); !ok {
			missing = append(missing, fmt.Sprintf("lost write: account %s: status %d", id, a.status))
		}
	}
	say(out, "read back: %d products, of which %d had a change without an answer, and %d accounts; lost: %d\n",
		len(s.ledger.products), unsure, len(s.ledger.accounts), len(missing))
	return missing
}
