package tokentest

import (
	"context"
	"slices"
	"sync"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/token"
)

// Log is a [token.Rights] in memory. The zero value is empty and ready.
type Log struct {
	mu     sync.Mutex
	events []commitlog.Event
}

var _ token.Rights = (*Log)(nil)

const epoch = 1

func (l *Log) commit(kind string, ids []string) commitlog.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := commitlog.Event{Epoch: epoch, Seq: int64(len(l.events)) + 1, IDs: ids, Kind: kind, At: time.Now()}
	l.events = append(l.events, e)
	return e
}

// Head returns the position of the last commit.
func (l *Log) Head(context.Context) (commitlog.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return commitlog.Head{Epoch: epoch, Seq: int64(len(l.events))}, nil
}

// Since returns the commits after a position.
func (l *Log) Since(_ context.Context, after int64, limit int) ([]commitlog.Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	later := l.events[min(after, int64(len(l.events))):]
	return slices.Clone(later[:min(limit, len(later))]), nil
}

// Revocations returns what all commits so far have revoked.
func (l *Log) Revocations(context.Context) (token.Snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := token.Snapshot{Epoch: epoch, Seq: int64(len(l.events))}
	for _, e := range l.events {
		for _, id := range e.IDs {
			s.Items = append(s.Items, token.Revision{ID: id, Version: e.Seq})
		}
	}
	return s, nil
}
