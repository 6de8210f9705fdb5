package budget_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
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
