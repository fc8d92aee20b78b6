// Package commitlogtest holds the contracts that every log and every bus keeps.
package commitlogtest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
)

// Subject is a log under test, with a table called notes beside it that has a
// row for every commit.
type Subject struct {
	commitlog.Source
	commitlog.Raiser

	// Write commits entry and a note, or fails with the given error after the
	// note was inserted, if it is not nil.
	Write func(ctx context.Context, entry commitlog.Entry, fail error) (commitlog.Event, error)
	// Notes returns, from one snapshot, the head and how many notes there are.
	Notes    func(ctx context.Context) (head, notes int64, err error)
	OnCommit func(func(context.Context, commitlog.Event))
	Trim     func(ctx context.Context, keep time.Duration, rows int64) error
}

// The schemas of a subject.
var (
	PostgresMigrations = schema(`
create table commit_head (id int primary key check (id = 1), epoch bigint not null, seq bigint not null) with (fillfactor = 10);
create table commit_log (seq bigint primary key, ids uuid[] not null, lists boolean not null, kind text not null, actor uuid, at timestamptz not null);
create table notes (seq bigint not null);`)
	SQLiteMigrations = schema(`
create table commit_head (id integer primary key check (id = 1), epoch integer not null, seq integer not null) strict;
create table commit_log (seq integer primary key, ids text not null, lists integer not null, kind text not null, actor text, at text not null) strict;
create table notes (seq integer not null) strict;`)
)

func schema(ddl string) fstest.MapFS {
	script := "-- +goose Up\n" + ddl + "\ninsert into commit_head values (1, 1, 0);\n"
	return fstest.MapFS{"00001_log.sql": {Data: []byte(script)}}
}

const (
	idA   = "0190d7f4-2c1e-7000-8000-00000000000a"
	idB   = "0190d7f4-2c1e-7000-8000-00000000000b"
	actor = "0190d7f4-2c1e-7000-8000-00000000000c"
)

var errRefused = errors.New("refused")

// TestLog checks that the logs returned by open, each of them empty, keep the
// promises of package commitlog.
func TestLog(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()

	for name, test := range map[string]func(t *testing.T, s Subject){
		"CommitIsLogged":                 commitIsLogged,
		"FailedWriteLeavesNoGap":         failedWriteLeavesNoGap,
		"SinceIsOrderedAndBounded":       sinceIsOrderedAndBounded,
		"ManyIDsAreAllLogged":            manyIDsAreAllLogged,
		"SnapshotHoldsAllUpToItsHead":    snapshotHoldsAllUpToItsHead,
		"OnCommitHearsOfCommitsOnly":     onCommitHearsOfCommitsOnly,
		"EpochIsRaisedOnceForAll":        epochIsRaisedOnceForAll,
		"RestoredLogRepeatsNoNumber":     restoredLogRepeatsNoNumber,
		"TrimKeepsTheLastRows":           trimKeepsTheLastRows,
		"CancelledWriteDoesNotBlockNext": cancelledWriteDoesNotBlockNext,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			test(t, open(t))
		})
	}
}

func commitIsLogged(t *testing.T, s Subject) {
	h, err := s.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, commitlog.Head{Epoch: 1}, h)

	before := time.Now().Add(-time.Minute)
	ev, err := s.Write(t.Context(), commitlog.Entry{IDs: []string{idA, idB}, Lists: true, Kind: "made", Actor: actor}, nil)
	require.NoError(t, err)
	require.Equal(t, time.UTC, ev.At.Location())
	require.True(t, ev.At.After(before))
	require.Equal(t, commitlog.Event{Epoch: 1, Seq: 1, IDs: []string{idA, idB}, Lists: true, Kind: "made", At: ev.At}, ev)

	logged, err := s.Since(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, []commitlog.Event{ev}, logged)

	h, err = s.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, commitlog.Head{Epoch: 1, Seq: 1}, h)
}

func failedWriteLeavesNoGap(t *testing.T, s Subject) {
	write(t, s)
	_, err := s.Write(t.Context(), commitlog.Entry{}, errRefused)
	require.ErrorIs(t, err, errRefused)
	h, err := s.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(1), h.Seq)
	require.Equal(t, int64(2), write(t, s).Seq)
	_, notes, err := s.Notes(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(2), notes)
}

func sinceIsOrderedAndBounded(t *testing.T, s Subject) {
	for range 5 {
		write(t, s)
	}
	events, err := s.Since(t.Context(), 2, 2)
	require.NoError(t, err)
	require.Len(t, events, 2)
	require.Equal(t, int64(3), events[0].Seq)
	require.Equal(t, int64(4), events[1].Seq)
	require.NotNil(t, events[0].IDs, "nil means that there are too many")

	events, err = s.Since(t.Context(), 5, 2)
	require.NoError(t, err)
	require.Empty(t, events)
}

func manyIDsAreAllLogged(t *testing.T, s Subject) {
	ids := make([]string, commitlog.MaxIDs+1)
	for i := range ids {
		ids[i] = idA
	}
	_, err := s.Write(t.Context(), commitlog.Entry{IDs: ids, Kind: "import"}, nil)
	require.NoError(t, err)
	events, err := s.Since(t.Context(), 0, 1)
	require.NoError(t, err)
	require.Equal(t, ids, events[0].IDs)
}

// snapshotHoldsAllUpToItsHead is what everything else rests on: whoever sees
// number n sees every commit up to n, however many write at once.
func snapshotHoldsAllUpToItsHead(t *testing.T, s Subject) {
	const writers, each = 4, 25
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				if _, err := s.Write(t.Context(), commitlog.Entry{Kind: "note"}, nil); err != nil {
					t.Errorf("write: %v", err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for {
		head, notes, err := s.Notes(t.Context())
		require.NoError(t, err)
		require.Equal(t, head, notes)
		select {
		case <-done:
			head, _, err = s.Notes(t.Context())
			require.NoError(t, err)
			require.Equal(t, int64(writers*each), head)
			return
		default:
		}
	}
}

func onCommitHearsOfCommitsOnly(t *testing.T, s Subject) {
	var heard []commitlog.Event
	s.OnCommit(func(ctx context.Context, ev commitlog.Event) {
		h, err := s.Head(ctx)
		require.NoError(t, err)
		require.Equal(t, ev.Seq, h.Seq, "it is told after the commit")
		heard = append(heard, ev)
	})
	ev := write(t, s)
	_, err := s.Write(t.Context(), commitlog.Entry{}, errRefused)
	require.Error(t, err)
	require.Equal(t, []commitlog.Event{ev}, heard)
}

func epochIsRaisedOnceForAll(t *testing.T, s Subject) {
	found, seen := write(t, s).Head(), commitlog.Head{Epoch: 3, Seq: 7}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := s.Raise(t.Context(), found, seen); err != nil {
				t.Errorf("raise epoch: %v", err)
			}
		})
	}
	wg.Wait()
	h, err := s.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, commitlog.Head{Epoch: 4, Seq: 7}, h, "after both")
	require.Equal(t, commitlog.Head{Epoch: 4, Seq: 8}, write(t, s).Head())

	require.NoError(t, s.Raise(t.Context(), h, commitlog.Head{Epoch: 1, Seq: 2}))
	h, err = s.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, commitlog.Head{Epoch: 5, Seq: 8}, h)
}

func trimKeepsTheLastRows(t *testing.T, s Subject) {
	for range 5 {
		write(t, s)
	}
	require.NoError(t, s.Trim(t.Context(), time.Hour, 3))
	events, err := s.Since(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, events, 3)
	require.Equal(t, int64(3), events[0].Seq)

	require.NoError(t, s.Trim(t.Context(), -time.Hour, 3))
	events, err = s.Since(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Empty(t, events, "all are older than an hour from now")
	require.Equal(t, int64(6), write(t, s).Seq)
}

func cancelledWriteDoesNotBlockNext(t *testing.T, s Subject) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Write(ctx, commitlog.Entry{}, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, int64(1), write(t, s).Seq)
}

func write(t *testing.T, s Subject) commitlog.Event {
	t.Helper()

	ev, err := s.Write(t.Context(), commitlog.Entry{IDs: nil, Kind: "note"}, nil)
	require.NoError(t, err)
	return ev
}
