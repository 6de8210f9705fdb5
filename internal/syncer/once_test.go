package syncer

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func single(f *engines) *Syncer {
	f.clock = time.Now
	return New(Options{Puller: f, Pusher: f, Connected: true})
}

func TestOnce_PushesPullsAndPushesWhatWasHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		s := single(f)
		f.queue(0)
		f.queue(30 * time.Second)
		f.queue(time.Hour)
		began := time.Now()
		r, err := s.Once(t.Context(), false)
		require.NoError(t, err)
		require.Equal(t, []string{"flush", "schema", "backfill", "delta", "flush", "check"}, names(f.calls))
		require.Equal(t, 30*time.Second, time.Since(began))
		require.Equal(t, crm.FlushResult{Acked: 2, Left: 1}, r.Pushed)
		require.Equal(t, map[crm.ObjectType]int{crm.Deals: 1}, r.Pulled)
		require.Equal(t, Idle, s.Status().State)
		require.NotZero(t, s.Status().LastSync)
	})
}

func TestOnce_FullPullsEverythingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		_, err := single(f).Once(t.Context(), true)
		require.NoError(t, err)
		require.Equal(t, []string{"flush", "schema", "full", "delta", "check"}, names(f.calls))
	})
}

func TestOnce_OfflineSaysSoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{trouble: func(string) error { return kind(crm.Offline) }}
		s := single(f)
		_, err := s.Once(t.Context(), false)
		require.Equal(t, crm.Offline, crm.KindOf(err))
		require.Equal(t, []string{"flush"}, names(f.calls))
		require.Equal(t, Offline, s.Status().State)
	})
}

func TestOnce_BusyWhilePushingStillPulls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		failed := 0
		f.trouble = func(name string) error {
			if name == "flush" && failed < 2 {
				failed++
				return &crm.Error{Kind: crm.Upstream, RetryAfter: 10 * time.Second}
			}
			return nil
		}
		s := single(f)
		f.queue(0)
		r, err := s.Once(t.Context(), false)
		require.NoError(t, err)
		require.Equal(t, 1, r.Pushed.Acked)
		require.Contains(t, names(f.calls), "delta")
	})
}

func TestOnce_GivesUpWaitingAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		f.trouble = func(name string) error {
			if name == "flush" || name == "check" {
				return kind(crm.Upstream)
			}
			return nil
		}
		s := single(f)
		f.queue(0)
		began := time.Now()
		_, err := s.Once(t.Context(), false)
		require.Equal(t, crm.Upstream, crm.KindOf(err))
		require.Less(t, time.Since(began), 2*time.Minute)
	})
}

func TestOnce_WithoutAPortalNeedsASignIn(t *testing.T) {
	f := &engines{clock: time.Now}
	_, err := New(Options{Puller: f, Pusher: f}).Once(t.Context(), false)
	require.Equal(t, crm.Unauthorized, crm.KindOf(err))
	require.Empty(t, f.calls)
}

func TestOnce_CancelledIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &engines{}
	f.slow = func(ctx context.Context, name string) error {
		if name == "backfill" {
			cancel()
			return errors.New("cut off") // as a call may look that was cut
		}
		return ctx.Err()
	}
	s := single(f)
	_, err := s.Once(ctx, false)
	require.Equal(t, crm.Canceled, crm.KindOf(err))
	require.Empty(t, s.Status().Message)
}

// The window's "sync now" runs beside the loops: no two pulls and no two
// flushes at the same time.
func TestOnce_BesideRunTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		pulls, most := 0, 0
		f.slow = func(_ context.Context, name string) error {
			if name == "flush" || name == "check" {
				return nil
			}
			f.set(func() { pulls++; most = max(most, pulls) })
			time.Sleep(5 * time.Second)
			f.set(func() { pulls-- })
			return nil
		}
		s := running(t, f, nil)
		s.Pause(true)
		s.Pause(false)
		_, err := s.Once(t.Context(), false)
		require.NoError(t, err)
		f.set(func() { require.Equal(t, 1, most) })
	})
}

// What a round had in hand when it was stopped is due again, and the loop, which
// knew of nothing to send, sends it at once.
func TestOnce_StoppedInAFlushLeavesItToTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		s := running(t, f, nil)
		time.Sleep(time.Second)
		ctx, stop := context.WithCancel(t.Context())
		f.set(func() {
			f.slow = func(_ context.Context, name string) error {
				if name != "flush" {
					return nil
				}
				f.set(func() { f.slow = nil })
				f.queue(0)
				stop()
				return ctx.Err()
			}
		})
		_, err := s.Once(ctx, false)
		require.Error(t, err)
		f.forget()
		time.Sleep(time.Second)
		require.Len(t, f.named("flush"), 1)
		require.Empty(t, f.due)
	})
}
