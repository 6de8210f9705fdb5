package budget

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
)

// hub counts calls as HubSpot does: at arrival, in a sliding window. What
// arrives above the limit is refused.
type hub struct {
	limit  int
	window time.Duration

	mu       sync.Mutex
	arrivals []time.Time // accepted ones, in order
	refused  int
	most     int // the fullest window so far
}

// arrive takes a call and says how many are left in the window.
func (h *hub) arrive() (left int, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	n := 0
	for _, at := range slices.Backward(h.arrivals) {
		if now.Sub(at) >= h.window {
			break
		}
		n++
	}
	h.most = max(h.most, n+1)
	if n >= h.limit {
		h.refused++
		return 0, false
	}
	h.arrivals = append(h.arrivals, now)
	return h.limit - n - 1, true
}

func (h *hub) headers(left int) http.Header {
	return http.Header{
		"X-Hubspot-Ratelimit-Max":                   {strconv.Itoa(h.limit)},
		"X-Hubspot-Ratelimit-Remaining":             {strconv.Itoa(left)},
		"X-Hubspot-Ratelimit-Interval-Milliseconds": {strconv.FormatInt(h.window.Milliseconds(), 10)},
	}
}

// call makes one call with the given times to HubSpot and back.
func (h *hub) call(ctx context.Context, b *Budget, which Bucket, there, back time.Duration) error {
	t, err := b.Acquire(ctx, which)
	if err != nil {
		return err
	}
	time.Sleep(there)
	left, ok := h.arrive()
	time.Sleep(back)
	a := Answer{Status: 200, Header: h.headers(left)}
	if !ok {
		a.Status, a.Policy = 429, PolicyTenSecondly
		if which == Search {
			a.Policy = PolicySecondly
		}
	}
	if which == Search {
		a.Header = nil
	}
	t.Done(a)
	return nil
}

// load keeps n callers busy for a while and waits for them.
func load(ctx context.Context, n int, d time.Duration, call func(ctx context.Context) error) {
	within, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for within.Err() == nil {
				if call(within) != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}

func background(t *testing.T) context.Context {
	t.Helper()
	return crm.WithLane(t.Context(), crm.Backfill)
}

// However long calls take to arrive and to be answered, no sliding window
// holds more arrivals than the limit, and nine tenths of the limit are used.
func TestR23_NoSlidingWindowIsAboveTheLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(1, 120).Draw(rt, "limit")
		slowest := rapid.IntRange(1, 900).Draw(rt, "slowest answer in ms")
		seed := rapid.Uint64().Draw(rt, "seed")
		synctest.Test(t, func(t *testing.T) {
			h := &hub{limit: limit, window: 10 * time.Second}
			b := New(Options{Burst: Limit{limit, 10 * time.Second}})
			var mu sync.Mutex
			rnd := rand.New(rand.NewPCG(seed, 1))
			some := func() time.Duration {
				mu.Lock()
				defer mu.Unlock()
				return time.Duration(rnd.IntN(slowest)) * time.Millisecond / 2
			}
			const spell = time.Minute
			load(t.Context(), limit+5, spell, func(ctx context.Context) error {
				time.Sleep(some()) // jitter of the caller
				return h.call(ctx, b, Burst, some(), some())
			})
			require.Zero(t, h.refused)
			require.LessOrEqual(t, h.most, limit)
			require.GreaterOrEqual(t, len(h.arrivals), int(0.9*float64(limit)*spell.Seconds()/10))
		})
	})
}

// A backfill alone, at 150 ms of latency, reaches what it may: the limit
// without its reserve, from the first window on.
func TestAcquire_BackfillAloneUsesItsShare(t *testing.T) {
	for _, c := range []struct {
		bucket  Bucket
		limit   Limit
		reserve int
		callers int
	}{
		{Burst, Limit{110, 10 * time.Second}, 5, 6},
		{Burst, Limit{190, 10 * time.Second}, 9, 8},
		{Search, Limit{5, time.Second}, 0, 3},
		{Associations, Limit{100, 10 * time.Second}, 5, 4},
	} {
		t.Run(c.bucket.String()+" "+strconv.Itoa(c.limit.Calls), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hub{limit: c.limit.Calls, window: c.limit.Window}
				b := New(Options{Burst: c.limit})
				const spell = 5 * time.Minute
				load(background(t), c.callers, spell, func(ctx context.Context) error {
					return h.call(ctx, b, c.bucket, 75*time.Millisecond, 75*time.Millisecond)
				})
				ceiling := float64(c.limit.Calls-c.reserve) * spell.Seconds() / c.limit.Window.Seconds()
				used := float64(len(h.arrivals)) / ceiling
				t.Logf("%d calls, %.1f%% of the background's share, %.1f%% of the limit", len(h.arrivals), 100*used,
					100*float64(len(h.arrivals))/(float64(c.limit.Calls)*spell.Seconds()/c.limit.Window.Seconds()))
				latency := 0.150 / c.limit.Window.Seconds() // a slot is taken for so much longer
				require.GreaterOrEqual(t, used, 0.98/(1+latency))
				require.Zero(t, h.refused)
			})
		})
	}
}

// What a pull starts slowly with it makes up for in its first window.
func TestAcquire_TheFirstWindowIsUsed(t *testing.T) {
	for bucket, spell := range map[Bucket]time.Duration{Burst: 30 * time.Second, Search: 10 * time.Second} {
		t.Run(bucket.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := New(Options{})
				k := b.buckets[bucket]
				h := &hub{limit: k.limit.Calls, window: k.limit.Window}
				load(background(t), 6, spell, func(ctx context.Context) error {
					return h.call(ctx, b, bucket, 75*time.Millisecond, 75*time.Millisecond)
				})
				used := float64(len(h.arrivals)) / (k.share(time.Now()) * spell.Seconds() / k.limit.Window.Seconds())
				t.Logf("%.1f%% of the share in the first %s", 100*used, spell)
				require.GreaterOrEqual(t, used, 0.8)
				require.Zero(t, h.refused)
			})
		})
	}
}

// Once a dozen answers have told of nobody else, a limit that is used for the first
// time has no ramp, and half of its first window goes at once: a small portal's
// associations do not wait.
func TestAcquire_AFewCallsDoNotWaitWhereNobodyElseIs(t *testing.T) {
	for _, alone := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			b := New(Options{})
			rep := &hub{limit: 110, window: 10 * time.Second}
			for range 12 {
				if !alone {
					rep.mu.Lock()
					rep.arrivals = append(rep.arrivals, time.Now()) // somebody else's
					rep.mu.Unlock()
				}
				require.NoError(t, rep.call(t.Context(), b, Burst, time.Millisecond, time.Millisecond))
			}
			h := &hub{limit: 100, window: 10 * time.Second}
			load(background(t), 6, 2*time.Second, func(ctx context.Context) error {
				return h.call(ctx, b, Associations, 50*time.Millisecond, 50*time.Millisecond)
			})
			if alone {
				require.Greater(t, len(h.arrivals), 40)
			} else {
				require.Less(t, len(h.arrivals), 10)
			}
			load(background(t), 6, time.Minute, func(ctx context.Context) error {
				return h.call(ctx, b, Associations, 50*time.Millisecond, 50*time.Millisecond)
			})
			require.Zero(t, h.refused)
		})
	}
}

func TestAcquire_BackgroundDoesNotBurnAWindowInOneGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{limit: 110, window: 10 * time.Second}
		b := New(Options{})
		load(background(t), 100, time.Second, func(ctx context.Context) error {
			return h.call(ctx, b, Burst, time.Millisecond, time.Millisecond)
		})
		require.Less(t, len(h.arrivals), 16)
	})
}

func TestAcquire_InteractiveGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{limit: 110, window: 10 * time.Second}
		b := New(Options{})
		stop, cancel := context.WithCancel(background(t))
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				for h.call(stop, b, Burst, 75*time.Millisecond, 75*time.Millisecond) == nil {
				}
			})
		}
		time.Sleep(time.Minute) // the backfill is at full speed
		worst := time.Duration(0)
		for range 30 {
			asked := time.Now()
			ticket, err := b.Acquire(t.Context(), Burst)
			require.NoError(t, err)
			worst = max(worst, time.Since(asked))
			h.arrive()
			ticket.Done(Answer{Status: 200})
			time.Sleep(700 * time.Millisecond)
		}
		t.Logf("longest wait of an interactive call beside 200 background callers: %s", worst)
		require.Less(t, worst, 150*time.Millisecond)
		cancel()
		wg.Wait()
		require.Zero(t, h.refused)
	})
}

// However slow HubSpot is, the background leaves slots for a call of the rep's.
func TestAcquire_SomeSlotsAreNeverTheBackgrounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{limit: 110, window: 10 * time.Second}
		b := New(Options{})
		ctx, cancel := context.WithCancel(background(t))
		var wg sync.WaitGroup
		for range 60 {
			wg.Go(func() {
				for h.call(ctx, b, Burst, 2*time.Second, 2*time.Second) == nil {
				}
			})
		}
		time.Sleep(time.Minute)
		require.Equal(t, 105, b.Stats().Burst.Held) // the background waits for slots by now
		asked := time.Now()
		for range 5 {
			_, err := b.Acquire(t.Context(), Burst)
			require.NoError(t, err)
		}
		require.Zero(t, time.Since(asked))
		cancel()
		wg.Wait()
	})
}

func TestAcquire_InteractivePassesWaitingBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{Burst: Limit{1, 10 * time.Second}})
		first, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		order := make(chan crm.Lane, 4)
		for _, lane := range []crm.Lane{crm.Backfill, crm.Backfill, crm.Interactive, crm.Interactive} {
			go func() {
				ticket, err := b.Acquire(crm.WithLane(t.Context(), lane), Burst)
				if err == nil {
					order <- lane
					ticket.Done(Answer{Status: 200})
				}
			}()
			synctest.Wait()
		}
		require.Equal(t, 4, b.Stats().Burst.Waiting)
		first.Done(Answer{Status: 200})
		for _, want := range []crm.Lane{crm.Interactive, crm.Interactive, crm.Backfill, crm.Backfill} {
			require.Equal(t, want, <-order)
		}
	})
}

func TestDone_RejectionPausesUntilItsWindowIsOver(t *testing.T) {
	for _, c := range []struct {
		name   string
		bucket Bucket
		answer Answer
		wait   time.Duration
	}{
		{"ten seconds", Burst, Answer{Status: 429, Policy: PolicyTenSecondly}, 10 * time.Second},
		{"one second", Search, Answer{Status: 429, Policy: PolicySecondly}, time.Second},
		{"as it says", Burst, Answer{Status: 429, Policy: PolicyTenSecondly, Header: http.Header{"Retry-After": {"3"}}}, 3 * time.Second},
		{"unknown", Associations, Answer{Status: 429}, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := New(Options{Rand: func() float64 { return 0.5 }})
				first, err := b.Acquire(t.Context(), c.bucket)
				require.NoError(t, err)
				first.Done(c.answer)
				at := time.Now()
				_, err = b.Acquire(t.Context(), c.bucket)
				require.NoError(t, err)
				require.GreaterOrEqual(t, time.Since(at), c.wait)
				require.Less(t, time.Since(at), c.wait+c.wait/10)
				require.Equal(t, 1, b.Stats().Rejected())
			})
		})
	}
}

func TestDone_DailyLimitIsAnErrorUntilMidnightOfThePortal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble starts at midnight UTC
		b := New(Options{Zone: time.FixedZone("portal", -5*3600)})
		first, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		waiting := make(chan error, 1)
		b.buckets[Search].setPause(time.Now().Add(time.Second), PolicySecondly)
		go func() {
			_, err := b.Acquire(t.Context(), Search)
			waiting <- err
		}()
		synctest.Wait()
		first.Done(Answer{Status: 429, Policy: PolicyDaily})
		require.Equal(t, crm.RateLimited, crm.KindOf(<-waiting)) // who waited already is told as well

		for _, which := range []Bucket{Burst, Search, Associations} {
			_, err = b.Acquire(t.Context(), which)
			e, ok := crm.AsError(err)
			require.True(t, ok)
			require.Equal(t, crm.RateLimited, e.Kind)
			require.Equal(t, PolicyDaily, e.Policy)
			require.Equal(t, 5*time.Hour, e.RetryAfter)
			require.Contains(t, e.Msg, "midnight")
		}
		_, err = b.Acquire(t.Context(), OAuth)
		require.NoError(t, err)
		time.Sleep(5 * time.Hour)
		_, err = b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
	})
}

func TestDone_LastCallsOfTheDayAreForTheRep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{})
		daily := func(left int) Answer {
			return Answer{Status: 200, Header: http.Header{
				"X-Hubspot-Ratelimit-Daily": {"1000"}, "X-Hubspot-Ratelimit-Daily-Remaining": {strconv.Itoa(left)},
			}}
		}
		first, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		first.Done(daily(50))
		_, err = b.Acquire(background(t), Burst)
		require.Equal(t, crm.RateLimited, crm.KindOf(err))
		second, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		require.Equal(t, 1000, b.Stats().Day.Limit)
		second.Done(daily(900))
		_, err = b.Acquire(background(t), Burst)
		require.NoError(t, err)
	})
}

func TestAcquire_CancelledWaiterTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{Burst: Limit{1, 10 * time.Second}})
		_, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := b.Acquire(ctx, Burst)
			done <- err
		}()
		synctest.Wait()
		cancel()
		require.Equal(t, crm.Canceled, crm.KindOf(<-done))
		require.Zero(t, b.Stats().Burst.Waiting)

		short, cancel2 := context.WithTimeout(t.Context(), time.Second)
		defer cancel2()
		_, err = b.Acquire(short, Burst)
		require.Equal(t, crm.RateLimited, crm.KindOf(err))
	})
}

func TestDone_WhatWasNeverSentCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{Burst: Limit{1, 10 * time.Second}})
		for range 5 {
			ticket, err := b.Acquire(t.Context(), Burst)
			require.NoError(t, err)
			ticket.Done(Answer{Unsent: true})
			ticket.Done(Answer{Status: 429}) // only the first counts
		}
		require.Zero(t, b.Stats().Burst.Held)
		require.Zero(t, b.Stats().Rejected())
	})
}

func TestAcquire_ForgottenTicketComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{Burst: Limit{1, 10 * time.Second}})
		_, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		at := time.Now()
		_, err = b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		require.Greater(t, time.Since(at), 70*time.Second)
	})
}
