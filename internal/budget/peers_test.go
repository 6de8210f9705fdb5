package budget

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// Programs that share a bucket and know nothing of one another share it
// evenly, and are hardly ever refused.
func TestPeers_ShareOneLimit(t *testing.T) {
	for _, n := range []int{2, 5, 40} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hub{limit: 110, window: 10 * time.Second}
				calls := make([]int, n)
				budgets := make([]*Budget, n)
				var wg sync.WaitGroup
				for i := range n {
					budgets[i] = New(Options{})
					wg.Go(func() {
						time.Sleep(time.Duration(i) * 300 * time.Millisecond)
						load(background(t), 3, 10*time.Minute, func(ctx context.Context) error {
							return h.call(ctx, budgets[i], Burst, 75*time.Millisecond, 75*time.Millisecond)
						})
						calls[i] = budgets[i].Stats().Burst.Calls
					})
				}
				wg.Wait()
				total := len(h.arrivals) + h.refused
				used := float64(len(h.arrivals)) / (110 * 60)
				t.Logf("%d programs: %.0f%% of the limit used, %.2f%% refused, fewest %d, most %d calls",
					n, 100*used, 100*float64(h.refused)/float64(total), slices.Min(calls), slices.Max(calls))
				require.Less(t, float64(h.refused)/float64(total), 0.015) // nearly all of it in the first seconds
				require.Greater(t, used, 0.6)
				require.Less(t, slices.Max(calls), 4*slices.Min(calls))
			})
		})
	}
}

// What the process before left in the window is not ours either; it is over
// soon, and does not slow a backfill for long.
func TestPeers_RestartCostsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{limit: 110, window: 10 * time.Second}
		for range 2 {
			b := New(Options{})
			before := len(h.arrivals)
			load(background(t), 6, time.Minute, func(ctx context.Context) error {
				return h.call(ctx, b, Burst, 75*time.Millisecond, 75*time.Millisecond)
			})
			t.Logf("%d calls in the minute after a start", len(h.arrivals)-before)
			require.Greater(t, len(h.arrivals)-before, 330)
		}
		require.Zero(t, h.refused)
	})
}

func TestLearn_HeadersCorrectTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{limit: 190, window: 10 * time.Second}
		b := New(Options{})
		require.NoError(t, h.call(t.Context(), b, Burst, 0, 0))
		require.Equal(t, 190, b.Stats().Burst.Limit)
		require.Equal(t, 10*time.Second, b.Stats().Burst.Window)
		require.Equal(t, 100, b.Stats().Associations.Limit)
	})
}
