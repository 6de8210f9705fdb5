package boot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

type budgetFace interface {
	Budget() (wire.Budget, error)
	SetReserve(r wire.Reserve) (wire.Budget, error)
}

func laneOf(t *testing.T, b wire.Budget, bucket, lane string) wire.BudgetLane {
	t.Helper()
	for _, k := range b.Buckets {
		for _, l := range k.Lanes {
			if k.Name == bucket && l.Name == lane {
				return l
			}
		}
	}
	t.Fatalf("no %s of %s", lane, bucket)
	panic("not reached")
}

// The budget says who called, what the day has left, and what is left to others;
// what the rep chooses holds at once and after a restart, and what the
// configuration sets is not the rep's to change. A run without a call of its own
// tells what the last one counted.
func TestBudget_SaysWhoCallsAndWhatIsLeft(t *testing.T) {
	dir := t.TempDir()
	p, err := sandbox.Open(sandbox.Options{Contacts: 20, Seed: 3, Limits: "pro"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	c := config.Defaults()
	c.DataDir, c.BaseURL, c.Browser, c.KeepIn, c.ReserveDaily = dir, "http://localhost", config.NoBrowser, "memory", "35"
	c.Token = config.Secret(p.Credentials().Token)
	start := func() (*boot.Node, budgetFace) {
		n, err := boot.Open(t.Context(), boot.Options{Config: c, Version: "test", Transport: p.RoundTripper()})
		require.NoError(t, err)
		return n, faceOf[budgetFace](t, n)
	}
	n, face := start()
	b, err := face.Budget()
	require.NoError(t, err)
	require.Equal(t, wire.Reserve{Daily: 35}, b.Reserve)
	require.Equal(t, []string{"daily"}, b.Fixed)

	_, err = n.Sync(t.Context(), false)
	require.NoError(t, err)
	b, err = face.Budget()
	require.NoError(t, err)
	require.True(t, b.Known)
	require.Equal(t, 190, b.Buckets[0].Limit, "as the headers say")
	require.Positive(t, laneOf(t, b, "burst", "interactive").Calls)
	require.Positive(t, laneOf(t, b, "burst", "interactive").LastMinute)
	sum := 0
	for _, l := range b.Buckets[0].Lanes {
		sum += l.Calls
	}
	require.Equal(t, b.Buckets[0].Calls, sum)
	require.Zero(t, laneOf(t, b, "burst", "sweep").Waiting)
	require.Equal(t, 625_000, b.Day.Limit)
	require.Less(t, b.Day.Left, 625_000)
	require.Equal(t, 625_000*35/100, b.Day.Reserve)

	b, err = face.SetReserve(wire.Reserve{Burst: 10, Search: 40, Daily: 0})
	require.NoError(t, err)
	require.Equal(t, wire.Reserve{Burst: 10, Search: 40, Daily: 35}, b.Reserve)
	require.Equal(t, 19, b.Buckets[0].Reserve)
	require.Equal(t, 2, b.Buckets[1].Reserve)
	_, err = face.SetReserve(wire.Reserve{Burst: 91})
	require.ErrorContains(t, err, "0 to 90")
	require.NoError(t, n.Close())

	n, face = start()
	defer func() { require.NoError(t, n.Close()) }()
	again, err := face.Budget()
	require.NoError(t, err)
	require.Equal(t, b.Reserve, again.Reserve)
	require.Equal(t, laneOf(t, b, "burst", "interactive").Calls, laneOf(t, again, "burst", "interactive").Calls)
	require.Equal(t, b.Day.Left, again.Day.Left)
	require.LessOrEqual(t, b.At, again.At)

	_, err = n.Sync(t.Context(), false)
	require.NoError(t, err)
	next, err := face.Budget()
	require.NoError(t, err)
	require.Less(t, next.Buckets[0].Calls, next.Buckets[0].Used, "the last run's calls are in the window still")
	require.Zero(t, next.Buckets[0].Others, "and are nobody else's")
}
