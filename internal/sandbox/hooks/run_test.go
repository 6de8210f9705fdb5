package hooks

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// run starts Run, and stops it before the test ends.
func (a *app) run() {
	a.t.Helper()
	ctx, cancel := context.WithCancel(a.t.Context())
	done := make(chan error)
	go func() { done <- a.s.Run(ctx) }()
	a.t.Cleanup(func() {
		cancel()
		require.NoError(a.t, <-done)
	})
}

// settles waits until the counts are as they should be.
func (a *app) settles(ok func(Stats) bool) {
	a.t.Helper()
	require.Eventually(a.t, func() bool { return ok(a.s.Stats()) }, 5*time.Second, time.Millisecond)
}

func TestRun_DeliversWhatIsPublished(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	a.run()
	for i := range 5 {
		a.s.Publish(contacts(i, 1)...)
		a.settles(func(st Stats) bool { return st.Delivered == int64(i)+1 })
	}
}

func TestRun_WakesForTheClockAndForATarget(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	a.always(500)
	a.run()
	a.s.Publish(contacts(1, 1)...)
	a.settles(func(st Stats) bool { return st.Requests == 1 })
	a.clk.Add(time.Minute)
	a.s.Wake()
	a.settles(func(st Stats) bool { return st.Requests == 2 && st.Retried == 1 })

	require.NoError(t, a.s.DeleteSettings())
	a.clk.Add(time.Hour)
	a.s.Wake()
	require.Eventually(t, func() bool { return len(a.s.kick) == 0 }, 5*time.Second, time.Millisecond)
	time.Sleep(20 * time.Millisecond) // so that Run sleeps again; if it does not, less is tested
	a.pump()
	a.always(200)
	_, err := a.s.PutSettings(a.target(), Throttling{})
	require.NoError(t, err)
	a.settles(func(st Stats) bool { return st.Delivered == 1 })
}

func TestRun_SleepsUntilTheNextAttemptIsDue(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	a.s.Publish(contacts(1, 1)...)
	st := a.s.State()
	st.Waiting[0].Due = a.clk.Now().UnixMilli() + 30
	require.NoError(t, a.s.Restore(st))
	require.Equal(t, 30*time.Millisecond, a.s.pause())
	a.clk.Add(time.Second)
	require.Equal(t, 10*time.Millisecond, a.s.pause(), "it does not spin")
	a.clk.Add(-time.Second)

	a.clk.ticking = time.Now()
	a.run()
	a.settles(func(st Stats) bool { return st.Delivered == 1 })
	require.GreaterOrEqual(t, time.Since(a.clk.ticking), 29*time.Millisecond)
	require.NoError(t, a.s.DeleteSettings())
	require.Equal(t, time.Hour, a.s.pause())
}
