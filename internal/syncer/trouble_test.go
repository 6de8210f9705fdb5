package syncer

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestRun_OfflineProbesWithGrowingDelayAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		f.trouble = func(string) error { return kind(crm.Offline) }
		s := running(t, f, nil)
		st := s.Status()
		require.Equal(t, Offline, st.State)
		require.False(t, st.Online)
		require.Equal(t, "Told by the test.", st.Message)
		require.NotZero(t, st.NextTry)

		f.queue(0)
		s.SetFocus(crm.Deals)
		time.Sleep(15 * time.Minute)
		probes := f.named("probe")
		require.NotEmpty(t, probes)
		last := time.Duration(0)
		for i, p := range probes[1:] {
			gap := p.at.Sub(probes[i].at)
			require.GreaterOrEqual(t, gap, 2*time.Second)
			require.LessOrEqual(t, gap, 61*time.Second)
			if i < 3 {
				require.Greater(t, gap, last, "probe %d", i)
			}
			last = gap
		}
		require.InDelta(t, 18, len(probes), 4)
		require.Len(t, f.named("flush"), 0, "nothing is tried but the probe")

		f.set(func() { f.trouble = nil })
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, Idle, s.Status().State)
		require.True(t, s.Status().Online)
		require.Empty(t, s.Status().Message)
		require.Len(t, f.named("flush"), 1, "the edit went out")
	})
}

func TestWake_ProbesAtOnceWhileOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		f.trouble = func(string) error { return kind(crm.Offline) }
		s := running(t, f, nil)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		f.set(func() { f.trouble = nil })
		before := time.Now()
		s.Wake()
		synctest.Wait()
		require.Equal(t, before, time.Now())
		require.Equal(t, Idle, s.Status().State)
	})
}

func TestRun_FlappingLineDoesNotResetTheDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		f.trouble = func(name string) error { // the probe passes, all else fails
			if name == "probe" {
				return nil
			}
			return kind(crm.Offline)
		}
		running(t, f, nil)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		require.Less(t, len(f.named("probe")), 30)
	})
}

func TestRun_BusyHubSpotIsGivenTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		f.trouble = func(name string) error {
			if name == "delta" {
				return kind(crm.Upstream)
			}
			return nil
		}
		s := running(t, f, nil)
		st := s.Status()
		require.Equal(t, Waiting, st.State)
		require.True(t, st.Online)
		require.Equal(t, "Told by the test.", st.Message)
		require.Greater(t, st.NextTry, crm.At(time.Now()))

		time.Sleep(30 * time.Minute)
		synctest.Wait()
		require.InDelta(t, 12, len(f.named("delta")), 3)

		f.queue(0)
		s.Wake()
		synctest.Wait()
		require.Len(t, f.named("flush"), 1, "sending goes on")
	})
}

func TestRun_WaitsAsLongAsHubSpotAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		f.trouble = func(string) error {
			return &crm.Error{Kind: crm.RateLimited, Policy: "DAILY", RetryAfter: 5 * time.Hour, Msg: "Until midnight."}
		}
		s := running(t, f, nil)
		began := time.Now()
		require.Equal(t, crm.At(began.Add(5*time.Hour)), s.Status().NextTry)
		f.set(func() { f.trouble = nil })
		f.forget()
		time.Sleep(5*time.Hour - time.Second)
		synctest.Wait()
		require.Empty(t, f.named("schema", "delta"))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.NotEmpty(t, f.named("delta"))
		require.Equal(t, Idle, s.Status().State)
	})
}

func TestRun_SignedOutStopsUntilResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		f.trouble = func(string) error { return kind(crm.Unauthorized) }
		s := running(t, f, nil)
		require.Equal(t, SignIn, s.Status().State)
		f.set(func() { f.trouble = nil })
		f.forget()
		f.queue(0)
		s.Wake()
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Empty(t, f.named("schema", "delta", "flush", "probe"))

		s.Resume()
		synctest.Wait()
		require.Equal(t, Idle, s.Status().State)
		require.NotEmpty(t, f.named("delta"))
		require.Len(t, f.named("flush"), 1)
	})
}

func TestRun_DefectsAreRetriedSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		f.trouble = func(name string) error {
			if name == "backfill" {
				return kind(crm.Storage)
			}
			return nil
		}
		s := running(t, f, nil)
		require.Equal(t, Waiting, s.Status().State)
		time.Sleep(time.Hour)
		synctest.Wait()
		require.InDelta(t, 8, len(f.named("backfill")), 3)
	})
}
