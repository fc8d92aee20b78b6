package audit

import (
	"context"
	"math/rand/v2"
	"sync"

	"stockroom/pkg/coherent"
)

// asked are the replicas of one round that answer.
type asked struct {
	auditor  *Auditor
	mu       sync.Mutex
	replicas []Replica
}

// report is what a replica holds for a key.
type report struct {
	replica Replica
	coherent.Peek
}

// ask returns the replicas among which a round chooses.
func (a *Auditor) ask(ctx context.Context, replicas []Replica) *asked {
	known := map[string]bool{}
	for _, r := range replicas {
		known[r.Name()] = a.silent[r.Name()]
	}
	a.silent = known // without those that have gone
	rand.Shuffle(len(replicas), func(i, j int) { replicas[i], replicas[j] = replicas[j], replicas[i] })
	q := &asked{auditor: a, replicas: replicas}
	for _, r := range replicas[min(len(replicas), asksEach):] {
		q.without(ctx, r, nil) // there are more than can be asked
	}
	return q
}

// hits returns samples of what the replicas have answered from their caches.
func (q *asked) hits(ctx context.Context, most int) (samples []sample) {
	seen := map[coherent.Key]bool{}
	for _, keys := range each(ctx, q, func(ctx context.Context, r Replica) ([]coherent.Key, error) { return r.Hits(ctx, most) }) {
		for _, key := range keys {
			if !seen[key] {
				seen[key] = true
				samples = append(samples, sample{key: key})
			}
		}
	}
	rand.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
	return samples[:min(most, len(samples))]
}

// peek asks all for what they hold for key.
func (q *asked) peek(ctx context.Context, key coherent.Key) []report {
	return each(ctx, q, func(ctx context.Context, r Replica) (report, error) {
		at, err := r.Peek(ctx, key)
		return report{r, at}, err
	})
}

// each asks all replicas at once. One that does not answer is asked no more in
// this round.
func each[T any](ctx context.Context, q *asked, ask func(context.Context, Replica) (T, error)) (answers []T) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var all sync.WaitGroup
	for _, r := range q.present() {
		all.Go(func() {
			answer, err := ask(ctx, r)
			if err != nil {
				q.without(ctx, r, err)
				return
			}
			q.mu.Lock()
			defer q.mu.Unlock()
			q.auditor.silent[r.Name()] = false
			answers = append(answers, answer)
		})
	}
	all.Wait()
	return answers
}

func (q *asked) present() []Replica {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]Replica(nil), q.replicas...)
}

// without goes on without r. It says so once, if there is something to say.
func (q *asked) without(ctx context.Context, r Replica, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.replicas {
		if other.Name() == r.Name() {
			q.replicas = append(append([]Replica(nil), q.replicas[:i]...), q.replicas[i+1:]...)
			break
		}
	}
	if err != nil && !q.auditor.silent[r.Name()] {
		q.auditor.silent[r.Name()] = true
		q.auditor.cfg.Log.WarnContext(ctx, "replica cannot be audited", "replica", r.Name(), "err", err)
	}
}
