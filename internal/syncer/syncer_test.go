package syncer

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/bus"
	"satchel/internal/crm"
)

// engines stands for pull and outbox: it notes what was called when, and
// answers with what a test has set.
type engines struct {
	mu       sync.Mutex
	calls    []call
	complete bool
	trouble  func(name string) error // asked before every call
	slow     func(ctx context.Context, name string) error
	due      []crm.Millis // what Next answers; a flush takes those that are due
	clock    func() time.Time
}

type call struct {
	name  string
	types []crm.ObjectType
	at    time.Time
}

func (f *engines) note(ctx context.Context, name string, types ...crm.ObjectType) error {
	f.mu.Lock()
	f.calls = append(f.calls, call{name, types, time.Now()})
	trouble, slow := f.trouble, f.slow
	f.mu.Unlock()
	if slow != nil {
		if err := slow(ctx, name); err != nil {
			return err
		}
	}
	if trouble != nil {
		return trouble(name)
	}
	return nil
}

func (f *engines) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *engines) Schema(ctx context.Context, types ...crm.ObjectType) error {
	return f.note(ctx, "schema", types...)
}

func (f *engines) Backfill(ctx context.Context) error {
	err := f.note(ctx, "backfill")
	f.set(func() { f.complete = f.complete || err == nil })
	return err
}

func (f *engines) Delta(ctx context.Context, types ...crm.ObjectType) error {
	return f.note(ctx, "delta", types...)
}

func (f *engines) Full(ctx context.Context) error { return f.note(ctx, "full") }

func (f *engines) Complete(context.Context) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.complete, nil
}

func (f *engines) Pulled() map[crm.ObjectType]int {
	return map[crm.ObjectType]int{crm.Deals: len(f.named("delta"))}
}

func (f *engines) Flush(ctx context.Context) (crm.FlushResult, error) {
	if err := f.note(ctx, "flush"); err != nil {
		return crm.FlushResult{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.due)
	f.due = slices.DeleteFunc(f.due, func(at crm.Millis) bool { return at <= crm.At(f.clock()) })
	return crm.FlushResult{Acked: n - len(f.due), Left: len(f.due)}, nil
}

func (f *engines) Next(context.Context) (crm.Millis, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.due) == 0 {
		return 0, false, nil
	}
	return slices.Min(f.due), true, nil
}

func (f *engines) named(names ...string) (out []call) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if slices.Contains(names, c.name) {
			out = append(out, c)
		}
	}
	return out
}

func (f *engines) forget() { f.set(func() { f.calls = nil }) }

// queue puts an operation into the outbox that is due after d.
func (f *engines) queue(d time.Duration) {
	f.set(func() { f.due = append(f.due, crm.At(f.clock().Add(d))) })
}

// running starts a syncer over the engines and stops it when the test ends.
func running(t *testing.T, f *engines, change func(*Options)) *Syncer {
	t.Helper()
	f.clock = time.Now
	o := Options{
		Puller: f, Pusher: f, Bus: bus.New(), Connected: true,
		Probe: func(ctx context.Context) error { return f.note(ctx, "probe") },
	}
	if change != nil {
		change(&o)
	}
	s := New(o)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	synctest.Wait()
	return s
}

func kind(k crm.Kind) error { return &crm.Error{Kind: k, Msg: "Told by the test."} }

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
		require.InDelta(t, 10, polls[crm.Contacts], 1)
		require.InDelta(t, 10, polls[crm.Companies], 1)
	})
}

// The budget of a desktop that has nothing to do: in any minute at most 12
// calls, of which 8 are searches. A delta is one search per type, a schema
// one call per type, one for pipelines and one for owners.
func TestRun_IdleStaysWithinTwelveCallsAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		s := running(t, f, nil)
		focus := crm.Specs()
		time.Sleep(2 * time.Minute) // past the start
		f.forget()
		for i := range 400 { // the rep flips through the lists
			s.SetFocus(focus[i%len(focus)].Type)
			time.Sleep(7 * time.Second)
		}
		synctest.Wait()

		var searches, calls []time.Time
		for _, c := range f.named("delta", "schema", "backfill") {
			for _, typ := range c.types {
				cost := 1
				if c.name == "delta" {
					searches = append(searches, c.at)
				} else if typ != crm.Companies {
					cost = 2 // owners come with contacts, pipelines with deals
				}
				for range cost {
					calls = append(calls, c.at)
				}
			}
		}
		require.Len(t, f.named("backfill"), 0)
		require.Greater(t, len(searches), 250)
		require.LessOrEqual(t, busiest(searches), 8)
		require.LessOrEqual(t, busiest(calls), 12)
		for _, sp := range focus {
			n := 0
			for _, c := range f.named("schema") {
				if slices.Contains(c.types, sp.Type) {
					n++
				}
			}
			require.InDelta(t, 3, n, 1, "schema of %s in 46 minutes", sp.Type)
		}
	})
}

// busiest is the most events in any sliding minute.
func busiest(at []time.Time) (most int) {
	slices.SortFunc(at, time.Time.Compare)
	for i := range at {
		n := 0
		for _, b := range at[i:] {
			if b.Sub(at[i]) < time.Minute {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

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
func TestClockJump_MakesNoBurst(t *testing.T) {
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
