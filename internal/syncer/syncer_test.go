package syncer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/bus"
	"satchel/internal/crm"
)

func TestRun_FillsFirstThenPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		s := running(t, f, nil)
		require.Equal(t, []string{"schema", "backfill", "delta"}, names(f.named("schema", "backfill", "delta")))
		require.Equal(t, Idle, s.Status().State)
		require.Equal(t, crm.At(time.Now()), s.Status().LastSync)
	})
}

func names(calls []call) (out []string) {
	for _, c := range calls {
		out = append(out, c.name)
	}
	return out
}

func TestRun_TypeOnScreenIsAskedEveryTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		s := running(t, f, nil)
		s.SetFocus(crm.Deals)
		time.Sleep(time.Minute)
		f.forget()
		time.Sleep(10 * time.Minute)
		synctest.Wait()

		polls := map[crm.ObjectType]int{}
		for _, c := range f.named("delta") {
			for _, typ := range c.types {
				polls[typ]++
			}
		}
		require.InDelta(t, 60, polls[crm.Deals], 1)
		for _, sp := range crm.AllSpecs() {
			if sp.Type != crm.Deals {
				require.InDelta(t, 2, polls[sp.Type], 1, "%s, every five minutes", sp.Type)
			}
		}
	})
}

// While others search on the same limit there are two searches a minute, and no
// type goes without, nor does the sweep.
func TestRun_InACrowdPollsAreFew(t *testing.T) {
	for _, sweeps := range []crm.Swept{{Wait: time.Hour}, {Searches: true}} {
		t.Run(fmt.Sprint("sweep searches ", sweeps.Searches), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { crowded(t, sweeps) })
		})
	}
}

func crowded(t *testing.T, sweeps crm.Swept) {
	t.Helper()
	f := &engines{complete: true, swept: sweeps}
	s := running(t, f, func(o *Options) { o.Crowded = func() bool { return true } })
	s.SetFocus(crm.Deals)
	time.Sleep(3 * time.Minute)
	f.forget()
	time.Sleep(40 * time.Minute)
	synctest.Wait()
	polls := map[crm.ObjectType]int{}
	for _, c := range f.named("delta") {
		for _, typ := range c.types {
			polls[typ]++
		}
	}
	aside := 40
	if sweeps.Searches {
		n := len(f.named("sweep"))
		require.InDelta(t, 12, n, 3)
		aside -= n
	}
	aside /= len(crm.AllSpecs()) - 1
	require.InDelta(t, 40, polls[crm.Deals], 8)
	for _, sp := range crm.AllSpecs() {
		if sp.Type != crm.Deals {
			require.InDelta(t, aside, polls[sp.Type], 2, sp.Type)
		}
	}
}

// The budget of a desktop that has nothing to do: in any minute at most 12
// calls, of which 8 are searches. A delta is one search per type; a schema costs
// two calls per type, none for activities, one for pipelines and two for owners; a
// step of a sweep one.
func TestRun_IdleStaysWithinTwelveCallsAMinute(t *testing.T) {
	for _, searches := range []bool{false, true} {
		t.Run(fmt.Sprint("sweep searches ", searches), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { idle(t, searches) })
		})
	}
}

func idle(t *testing.T, sweepSearches bool) {
	t.Helper()
	f := &engines{complete: true, swept: crm.Swept{Searches: sweepSearches}}
	s := running(t, f, nil)
	focus := crm.AllSpecs()
	time.Sleep(2 * time.Minute) // past the start
	f.forget()
	for i := range 400 { // the rep flips through the lists
		s.SetFocus(focus[i%len(focus)].Type)
		time.Sleep(7 * time.Second)
	}
	synctest.Wait()

	var searches, calls []time.Time
	for _, c := range f.named("delta", "schema", "backfill", "sweep") {
		cost := max(len(c.types), 1)
		if c.name == "delta" || c.name == "sweep" && sweepSearches {
			for range cost {
				searches = append(searches, c.at)
			}
		} else if c.name == "schema" {
			cost = map[crm.ObjectType]int{crm.Contacts: 4, crm.Deals: 3, crm.Tickets: 3}[c.types[0]]
			if spec, _ := crm.SpecOf(string(c.types[0])); !spec.Activity {
				cost = max(cost, 2)
			}
		}
		for range cost {
			calls = append(calls, c.at)
		}
	}
	require.Len(t, f.named("backfill"), 0)
	require.Greater(t, len(searches), 250)
	require.LessOrEqual(t, busiest(searches), 8)
	require.LessOrEqual(t, busiest(calls), 12)
	require.Greater(t, len(f.named("sweep")), 40)
	for _, sp := range crm.AllSpecs() { // activities too: it is how a permission that came back is noticed
		n := 0
		for _, c := range f.named("schema") {
			if slices.Contains(c.types, sp.Type) {
				n++
			}
		}
		require.InDelta(t, 3, n, 1, "schema of %s in 46 minutes", sp.Type)
	}
}

// A sweep that finds something goes on at once; one with nothing to do waits.
func TestRun_SweepsHurryWhileTheyFindSomething(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true, swept: crm.Swept{Found: true}}
		s := running(t, f, nil)
		s.SetFocus(crm.Deals)
		time.Sleep(2 * time.Minute)
		f.forget()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.InDelta(t, 60, len(f.named("sweep")), 2)
		require.InDelta(t, 8, len(f.named("delta")), 2, "and the screen stays fresh")
		f.set(func() { f.swept = crm.Swept{Wait: time.Hour} })
		time.Sleep(2 * time.Second)
		f.forget()
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		require.Empty(t, f.named("sweep"))
	})
}

// What comes on screen is read again at once, once.
func TestShow_ReadsTheRecordAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		s := running(t, f, nil)
		time.Sleep(2 * time.Minute)
		f.forget()
		began := time.Now()
		for range 5 { // each answer makes the window ask again
			s.Show(crm.Deals, "77", "here")
			synctest.Wait()
		}
		s.Show(crm.Deals, "", "not there yet")
		got := f.named("reread 77")
		require.Len(t, got, 1)
		require.Equal(t, began, got[0].at)
		require.Equal(t, []crm.ObjectType{crm.Deals}, got[0].types)
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Len(t, f.named("reread 77"), 1)
	})
}

// Nothing is asked for while somebody tells what changes.
func TestRun_StreamedAsksForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		var streamed atomic.Bool
		streamed.Store(true)
		s := running(t, f, func(o *Options) { o.Streamed = streamed.Load })
		s.SetFocus(crm.Deals)
		f.forget()
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		require.Empty(t, f.named("delta", "schema", "sweep"))
		streamed.Store(false)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.NotEmpty(t, f.named("delta"))
	})
}

// busiest is the most events in any sliding minute.
func busiest(at []time.Time) (most int) {
	slices.SortFunc(at, time.Time.Compare)
	for i := range at {
		n := 0
		for _, b := range at[i:] {
			if b.Sub(at[i]) <= time.Minute+100*time.Millisecond { // one arrives late, another early
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestRefresh_PullsAtOnceWithinTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		s := running(t, f, nil)
		time.Sleep(2*time.Minute + time.Second)
		f.forget()
		began := time.Now()
		for range 10 { // an impatient rep
			s.Refresh()
			synctest.Wait()
		}
		n := 0
		for _, c := range f.named("delta") {
			require.Equal(t, began, c.at)
			n += len(c.types)
		}
		require.Equal(t, len(crm.AllSpecs()), n, "each type once")
	})
}

func TestRun_PushDoesNotWaitForPull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		f.slow = func(ctx context.Context, name string) error {
			if name != "backfill" {
				return nil
			}
			select {
			case <-time.After(time.Hour):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s := running(t, f, nil)
		require.Equal(t, Pulling, s.Status().State)
		f.queue(0)
		s.Wake()
		synctest.Wait()
		require.Len(t, f.named("flush"), 1)
		require.Equal(t, Pulling, s.Status().State)
	})
}

func TestRun_PullDoesNotWaitForPush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		f.slow = func(ctx context.Context, name string) error {
			if name != "flush" {
				return nil
			}
			select {
			case <-time.After(5 * time.Minute):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s := running(t, f, nil)
		f.queue(0)
		s.Wake()
		synctest.Wait()
		require.Equal(t, Sending, s.Status().State)
		f.forget()
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		require.InDelta(t, 4, len(f.named("delta")), 1)
	})
}

func TestRun_SendsWhenAnOperationFallsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		s := running(t, f, nil)
		began := time.Now()
		f.queue(30 * time.Second) // an archive that may still be undone
		f.queue(3 * time.Hour)    // HubSpot asked for it
		s.Wake()
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		flushes := f.named("flush")
		require.Len(t, flushes, 2)
		require.Equal(t, 30*time.Second, flushes[0].at.Sub(began))
		require.Equal(t, 3*time.Hour, flushes[1].at.Sub(began))
	})
}

func TestRun_StalledOutboxIsNotFlushedInALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		s := running(t, f, nil)
		f.set(func() { f.clock = func() time.Time { return time.Unix(1, 0) } }) // a flush finds nothing due
		f.set(func() { f.due = []crm.Millis{5000} })
		s.Wake()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		require.InDelta(t, 25, len(f.named("flush")), 6)
	})
}

func TestPause_StopsThePullAndResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		f.slow = func(ctx context.Context, name string) error {
			if name != "backfill" {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}
		s := running(t, f, nil)
		require.Equal(t, Pulling, s.Status().State)
		s.Pause(true)
		synctest.Wait()
		require.Equal(t, Paused, s.Status().State)
		require.Empty(t, s.Status().Message)
		f.forget()
		f.queue(0)
		s.Wake()
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Empty(t, f.named("schema", "delta", "flush", "probe"))

		f.set(func() { f.slow = nil })
		s.Pause(false)
		synctest.Wait()
		require.Equal(t, Idle, s.Status().State)
		require.Len(t, f.named("flush"), 1)
		require.Len(t, f.named("backfill"), 1)
	})
}

func TestDisconnect_WaitsForWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{}
		var ended time.Time
		f.slow = func(ctx context.Context, name string) error {
			if name == "backfill" {
				<-ctx.Done()
				time.Sleep(3 * time.Second) // the page in hand
				ended = time.Now()
			}
			return ctx.Err()
		}
		s := running(t, f, nil)
		require.NoError(t, s.Disconnect(t.Context()))
		require.Equal(t, ended, time.Now())
		require.Equal(t, Disconnected, s.Status().State)
		f.forget()
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Empty(t, f.calls)
	})
}

// A laptop that slept for a day, or whose clock jumped by two hours either
// way, asks for everything once and not for all that it has missed.
func TestR24_ClockJumpsMakeNoBurst(t *testing.T) {
	for _, jump := range []time.Duration{24 * time.Hour, 2 * time.Hour, -2 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var offset time.Duration
				clock := func() time.Time {
					mu.Lock()
					defer mu.Unlock()
					return time.Now().Round(0).Add(offset)
				}
				f := &engines{complete: true}
				s := running(t, f, func(o *Options) { o.Clock = clock })
				f.set(func() { f.clock = clock })
				s.SetFocus(crm.Deals)
				time.Sleep(2*time.Minute + time.Second)
				f.queue(20 * time.Second)
				mu.Lock()
				offset = jump
				mu.Unlock()
				f.forget()
				time.Sleep(time.Minute)
				synctest.Wait()
				var polls []time.Time
				for _, c := range f.named("delta") {
					for range c.types {
						polls = append(polls, c.at)
					}
				}
				require.NotEmpty(t, polls)
				require.LessOrEqual(t, busiest(polls), 11)
				require.LessOrEqual(t, len(f.named("schema")), 3)
				if jump > 0 {
					require.Len(t, f.named("flush"), 1)
				}
			})
		})
	}
}

func TestStatus_IsPublishedWhenItChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bus.New()
		f := &engines{complete: true}
		s := running(t, f, func(o *Options) { o.Bus = b })
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		news := b.Subscribe(ctx)
		s.Pause(true)
		require.Equal(t, []crm.Topic{crm.TopicSync}, (<-news).Topics)
		s.Pause(false)
		f.queue(0)
		s.Wake()
		require.Contains(t, (<-news).Topics, crm.TopicSync)
	})
}
