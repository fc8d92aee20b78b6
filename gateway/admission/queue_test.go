package admission_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/admission"
)

const (
	usual    = 64          // requests that a replica gets at once
	patience = time.Second // of those who wait
	most     = 8192        // of them
)

func enter(q *admission.Queue[*replica], p admission.Priority) (*replica, error) {
	return q.Enter(p, time.Now().Add(10*second), nil)
}

// fill takes room for n requests.
func fill(t *testing.T, q *admission.Queue[*replica], n int) {
	t.Helper()

	for range n {
		r, err := enter(q, admission.Read)
		require.NoError(t, err)
		require.NotNil(t, r)
	}
}

// refuseSoon sends a request that waits in vain.
func refuseSoon(t *testing.T, q *admission.Queue[*replica], p admission.Priority) (waited time.Duration) {
	t.Helper()

	begin := time.Now()
	_, err := enter(q, p)
	require.ErrorIs(t, err, admission.ErrFull)
	return time.Since(begin)
}

func TestNobodyIsSentToNoReplica(t *testing.T) {
	t.Parallel()

	r, err := enter(newQueue(), admission.Read)
	require.NoError(t, err)
	require.Nil(t, r)
}

// Whoever is worth more goes first, and among equals who came first.
func TestOrder(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		r := newReplica(1, 0)
		q := newQueue(r)
		fill(t, q, usual)
		type turn struct {
			p admission.Priority
			n int
		}
		var order []turn
		for n := range 2 {
			for _, p := range []admission.Priority{admission.Read, admission.List, admission.SignIn, admission.Change} {
				go func() {
					if _, err := enter(q, p); err == nil {
						order = append(order, turn{p, n})
					}
				}()
				synctest.Wait()
			}
		}
		require.Empty(t, order, "all wait")
		for range 8 {
			q.Leave(r, admission.Read, time.Now(), true)
			synctest.Wait()
		}
		require.Equal(t, []turn{
			{admission.SignIn, 0},
			{admission.SignIn, 1},
			{admission.Change, 0},
			{admission.Change, 1},
			{admission.Read, 0},
			{admission.Read, 1},
			{admission.List, 0},
			{admission.List, 1},
		}, order)
	})
}

func TestWaitingEnds(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		r := newReplica(1, 0)
		q := newQueue(r)
		fill(t, q, usual)
		require.Equal(t, patience, refuseSoon(t, q, admission.SignIn))

		const left = 100 * time.Millisecond
		begin := time.Now()
		_, err := q.Enter(admission.SignIn, begin.Add(left), nil)
		require.ErrorIs(t, err, admission.ErrFull)
		require.Equal(t, left, time.Since(begin), "its deadline came first")

		q.Leave(r, admission.Read, begin, true)
		fill(t, q, 1) // nobody who waits no more is in the way
	})
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		q := newQueue(newReplica(1, 0))
		fill(t, q, usual)
		refused := make(chan admission.Priority, most+2)
		wait := func(p admission.Priority) {
			go func() {
				if _, err := enter(q, p); err != nil {
					refused <- p
				}
			}()
		}
		for range most {
			wait(admission.Read)
		}
		synctest.Wait()
		require.Empty(t, refused)

		require.Zero(t, refuseSoon(t, q, admission.Read), "as many wait as can")
		wait(admission.Change)
		synctest.Wait()
		require.Equal(t, admission.Read, <-refused, "it takes the place of one that is worth less")
		time.Sleep(2 * patience)
		require.Len(t, refused, most)
	})
}

// What waits in the service takes room from nobody, and needs none of what
// others take.
func TestApart(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		r := newReplica(1, 0)
		q := newQueue(r)
		const atOnce = 256
		for range atOnce {
			_, err := enter(q, admission.Apart)
			require.NoError(t, err)
		}
		require.Zero(t, refuseSoon(t, q, admission.Apart))
		fill(t, q, usual)
		q.Leave(r, admission.Apart, time.Now(), true)
		_, err := enter(q, admission.Apart)
		require.NoError(t, err)
	})
}

func BenchmarkAdmission(b *testing.B) {
	q := newQueue(newReplica(1, 0), newReplica(1, 0))
	deadline := time.Now().Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		r, err := q.Enter(admission.Read, deadline, nil)
		if err != nil {
			b.Fatal(err)
		}
		q.Leave(r, admission.Read, deadline, true)
	}
}

// Lists that take their time, however many, leave room for what is worth more,
// also while others wait.
func TestListsLeaveRoom(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		const forLists = usual - usual/4
		r := newReplica(1, 0)
		q := newQueue(r)
		for range forLists {
			_, err := enter(q, admission.List)
			require.NoError(t, err)
		}
		sent := time.Now()
		require.Equal(t, patience, refuseSoon(t, q, admission.List))
		go func() {
			_, err := enter(q, admission.List)
			if err == nil {
				q.Leave(r, admission.List, time.Now(), true)
			}
		}()
		synctest.Wait()
		for range 100 { // whatever that teaches
			begin := time.Now()
			fill(t, q, 2)
			require.Zero(t, time.Since(begin))
			time.Sleep(10 * time.Millisecond)
			q.Leave(r, admission.Read, begin, true)
			q.Leave(r, admission.Read, begin, true)
		}
		q.Leave(r, admission.List, sent, true)
	})
}
