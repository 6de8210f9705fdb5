package hooks

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDisturb_DuplicatesAndOrderFollowTheSeed(t *testing.T) {
	run := func(d Disturbance) ([]any, Stats) {
		a := newApp(t)
		a.subscribe("contact.creation", "", "")
		require.NoError(t, a.s.Disturb(d))
		a.s.Publish(contacts(1, 300)...)
		a.pump()
		return a.field("objectId"), a.s.Stats()
	}
	plain, st := run(Disturbance{Duplicate: 1})
	require.Len(t, plain, 600)
	require.Equal(t, Stats{Requests: 6, Delivered: 300}, st)

	one, _ := run(Disturbance{Duplicate: 0.3, Reorder: true, Seed: 4})
	two, _ := run(Disturbance{Duplicate: 0.3, Reorder: true, Seed: 4})
	require.Equal(t, one, two)
	require.Greater(t, len(one), 330)
	require.Less(t, len(one), 450)
	other, _ := run(Disturbance{Duplicate: 0.3, Reorder: true, Seed: 5})
	require.NotEqual(t, one, other)
	seen := map[any]bool{}
	for _, id := range one {
		seen[id] = true
	}
	require.Len(t, seen, 300, "nothing is lost")
	require.Error(t, New(Options{}).Disturb(Disturbance{Duplicate: 1.5}))
}

// A failed duplicate is not retried; the original is.
func TestDisturb_DuplicatesAreNotRetried(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	require.NoError(t, a.s.Disturb(Disturbance{Duplicate: 1}))
	a.always(503)
	a.s.Publish(contacts(1, 1)...)
	a.pump()
	require.Len(t, a.deliveries(), 2)
	require.Equal(t, int64(1), a.s.Stats().Waiting)
	require.NoError(t, a.s.Disturb(Disturbance{}))
	a.clk.Add(time.Minute)
	a.pump()
	require.Len(t, a.deliveries(), 1)
}
