package budget_test

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
)

// What a process before this one has spent is not spent again: a search waits
// until its window is over, a call of the burst does not wait.
func TestHeir_SearchesOfTheLastProcessCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{Heir: true})
		started := time.Now()
		ticket, err := b.Acquire(t.Context(), budget.Burst)
		require.NoError(t, err)
		require.Zero(t, time.Since(started))
		ticket.Done(budget.Answer{Status: 200})
		ticket, err = b.Acquire(t.Context(), budget.Search)
		require.NoError(t, err)
		require.GreaterOrEqual(t, time.Since(started), time.Second)
		require.Less(t, time.Since(started), 1100*time.Millisecond)
		ticket.Done(budget.Answer{Status: 200})
	})
}

// What the last process counted is ours: the answers of HubSpot that count it say
// nothing of others, and no window has more calls than the limit.
func TestHeir_CallsOfTheLastProcessAreNobodyElses(t *testing.T) {
	for _, known := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			const used, limit = 30, 110
			o := budget.Options{Heir: true}
			if known {
				o.Spent = map[budget.Bucket]budget.Spent{budget.Burst: {Calls: used, At: time.Now().Add(-time.Second)}}
			}
			b := budget.New(o)
			ctx := crm.WithLane(t.Context(), crm.Backfill)
			for i := range 5 {
				ticket, err := b.Acquire(ctx, budget.Burst)
				require.NoError(t, err)
				header := http.Header{}
				header.Set("X-HubSpot-RateLimit-Max", strconv.Itoa(limit))
				header.Set("X-HubSpot-RateLimit-Remaining", strconv.Itoa(limit-used-1-i))
				ticket.Done(budget.Answer{Status: 200, Header: header})
			}
			s := b.Stats().Burst
			if known {
				require.Zero(t, s.Peers)
				require.Equal(t, used+5, s.Held)
				time.Sleep(9100 * time.Millisecond)
				require.LessOrEqual(t, b.Stats().Burst.Held, 5)
			} else {
				require.InDelta(t, used, s.Peers, 2)
			}
		})
	}
}

// A refused search says that others are on the same limit, for some minutes.
func TestCrowded_AfterARefusedSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{})
		require.False(t, b.Crowded())
		ticket, err := b.Acquire(t.Context(), budget.Search)
		require.NoError(t, err)
		ticket.Done(budget.Answer{Status: 429, Policy: budget.PolicySecondly})
		require.True(t, b.Crowded())
		time.Sleep(6 * time.Minute)
		require.False(t, b.Crowded())
	})
}
