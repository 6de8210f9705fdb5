package budget

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
)

// crowd is callers in all lanes on one bucket, and what HubSpot and they see.
type crowd struct {
	hub    *hub
	sweeps *hub // the same, of sweeps alone
	budget *Budget

	mu     sync.Mutex
	rnd    *rand.Rand
	slow   int // longest answer in ms
	calls  [crm.LaneCount]int
	worst  [crm.LaneCount]time.Duration // wait for a ticket
	waited time.Duration                // all waits of the rep's
}

func newCrowd(limit, slow int, seed uint64) *crowd {
	l := Limit{limit, 10 * time.Second}
	return &crowd{
		hub: &hub{limit: l.Calls, window: l.Window}, sweeps: &hub{limit: l.Calls, window: l.Window},
		budget: New(Options{Burst: l}), rnd: rand.New(rand.NewPCG(seed, 3)), slow: slow,
	}
}

func (c *crowd) some(ms int) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(c.rnd.IntN(ms+1)) * time.Millisecond
}

func (c *crowd) call(ctx context.Context) error {
	lane := crm.LaneOf(ctx)
	asked := time.Now()
	ticket, err := c.budget.Acquire(ctx, Burst)
	if err != nil {
		return err
	}
	waited := time.Since(asked)
	time.Sleep(c.some(c.slow / 2))
	left, ok := c.hub.arrive()
	if lane == crm.Sweep {
		c.sweeps.arrive()
	}
	time.Sleep(c.some(c.slow / 2))
	a := Answer{Status: 200, Header: c.hub.headers(left)}
	if !ok {
		a.Status, a.Policy = 429, PolicyTenSecondly
	}
	ticket.Done(a)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[lane]++
	c.worst[lane] = max(c.worst[lane], waited)
	if lane == crm.Interactive {
		c.waited += waited
	}
	return nil
}

// run keeps so many callers of each lane busy for the spell, each resting up to
// idle between its calls.
func (c *crowd) run(t *testing.T, callers [crm.LaneCount]int, idle int, spell time.Duration) {
	t.Helper()
	var wg sync.WaitGroup
	for l, n := range callers {
		wg.Go(func() {
			load(crm.WithLane(t.Context(), crm.Lane(l)), n, spell, func(ctx context.Context) error {
				time.Sleep(c.some(idle))
				return c.call(ctx)
			})
		})
	}
	wg.Wait()
}

// While all lanes want more than there is, each gets its share, in the long run.
func TestFair_SharesWhileAllWantMore(t *testing.T) {
	for _, limit := range []int{30, 110} {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(limit, 300, 1)
				const spell = 10 * time.Minute
				c.run(t, [crm.LaneCount]int{20, 20, 20, 20, 20}, 0, spell)
				total := len(c.hub.arrivals)
				t.Logf("%v calls of %d; longest waits %v", c.calls, total, c.worst)
				for l := range crm.LaneCount {
					want := shareOf(l) / 20 * float64(total)
					require.InEpsilon(t, want, c.calls[l], 0.15, "%s", l)
				}
				require.Greater(t, float64(total), 0.93*float64(limit)*spell.Seconds()/10)
				require.Zero(t, c.hub.refused)
				require.LessOrEqual(t, c.hub.most, limit)
			})
		})
	}
}

// Whoever calls, and however many: no window is above the limit, none holds more
// sweeps than a tenth of it, what can be used is used, every lane goes on, and
// what the rep waits for does not wait long.
func TestFair_HoldsHoweverManyCall(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(40, 250).Draw(rt, "limit")
		slow := rapid.IntRange(10, 800).Draw(rt, "slowest answer in ms")
		idle := rapid.SampledFrom([]int{0, 300, 3000}).Draw(rt, "rest of callers in ms")
		seed := rapid.Uint64().Draw(rt, "seed")
		var callers [crm.LaneCount]int
		for l := range callers {
			callers[l] = rapid.SampledFrom([]int{0, 1, 5, 40}).Draw(rt, crm.Lane(l).String())
		}
		callers[crm.Interactive] = min(callers[crm.Interactive], 1)
		synctest.Test(t, func(t *testing.T) {
			t.Logf("limit %d, %d ms, rest %d ms, seed %d, callers %v", limit, slow, idle, seed, callers)
			c := newCrowd(limit, slow, seed)
			const spell = time.Minute
			stop, cancel := context.WithTimeout(t.Context(), spell)
			defer cancel()
			var probe sync.WaitGroup
			probe.Go(func() { // a rep who clicks every two seconds or so
				for stop.Err() == nil {
					if c.call(stop) != nil {
						return
					}
					time.Sleep(time.Second + c.some(2000))
				}
			})
			rest := callers
			rest[crm.Interactive] = 0
			c.run(t, rest, idle, spell)
			probe.Wait()
			t.Logf("%v calls, longest waits %v, the rep's all %s", c.calls, c.worst, c.waited)
			require.Zero(t, c.hub.refused)
			require.LessOrEqual(t, c.hub.most, limit)
			require.LessOrEqual(t, c.sweeps.most, limit/10)
			require.LessOrEqual(t, c.worst[crm.Interactive], 4*time.Second, "the rep waits; %v calls", c.calls)
			mean := c.waited / time.Duration(c.calls[crm.Interactive])
			require.LessOrEqual(t, mean, time.Second, "the rep waits; %v calls", c.calls)
			per := spell.Seconds() / 10 // windows
			for l := crm.Flush; l < crm.LaneCount; l++ {
				if callers[l] == 0 {
					continue
				}
				can := float64(callers[l]) * spell.Seconds() / (float64(slow+idle)/1000 + 0.001)
				due := shareOf(l) / 20 * float64(limit) * per
				require.GreaterOrEqual(t, float64(c.calls[l]), 0.5*min(can/2, due), "%s starves; %v calls of callers %v", l, c.calls, callers)
			}
		})
	})
}

// A lane alone uses what there is: a flush nearly all, the pull all but what is
// kept for the rep, and sweeps a tenth.
func TestFair_AloneALaneUsesWhatThereIs(t *testing.T) {
	for lane, want := range map[crm.Lane]float64{
		crm.Interactive: 0.97, crm.Flush: 0.95, crm.Delta: 0.87, crm.Backfill: 0.87, crm.Sweep: 0.095,
	} {
		t.Run(lane.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(110, 150, 2)
				var callers [crm.LaneCount]int
				callers[lane] = 30
				const spell = 5 * time.Minute
				c.run(t, callers, 0, spell)
				used := float64(len(c.hub.arrivals)) / (110 * spell.Seconds() / 10)
				t.Logf("%.1f%% of the limit", 100*used)
				require.Greater(t, used, want)
				require.Zero(t, c.hub.refused)
				if lane == crm.Sweep {
					require.LessOrEqual(t, c.sweeps.most, 11)
				}
			})
		})
	}
}

// A rep's click passes a flush of many edits at once, and a flush passes the pull.
func TestFair_TheRepIsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(110, 150, 4)
		var others sync.WaitGroup
		others.Go(func() { c.run(t, [crm.LaneCount]int{0, 100, 100, 100, 100}, 0, 3*time.Minute) })
		time.Sleep(time.Minute)
		var clicks sync.WaitGroup
		for range 20 { // one that needs twenty calls
			clicks.Go(func() { _ = c.call(t.Context()) })
		}
		began := time.Now()
		clicks.Wait()
		took := time.Since(began)
		t.Logf("twenty calls of the rep's took %s beside four hundred callers", took)
		require.Less(t, took, 3*time.Second)
		others.Wait()
	})
}

func TestReserve_LeavesItsPartOfTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(110, 150, 5)
		all := [crm.LaneCount]int{20, 20, 20, 20, 20}
		c.budget.SetReserve(Reserve{Burst: 40})
		c.run(t, all, 0, time.Minute)
		require.LessOrEqual(t, c.hub.most, 66)
		require.GreaterOrEqual(t, c.hub.most, 60)
		require.Equal(t, 44, c.budget.Stats().Burst.Reserve)
		c.budget.SetReserve(Reserve{}) // it holds at once
		c.run(t, all, 0, time.Minute)
		require.Greater(t, c.hub.most, 105)
		require.Zero(t, c.hub.refused)

		s := newCrowd(5, 100, 6)
		s.hub.window = time.Second
		s.budget = New(Options{Reserve: Reserve{Search: 20}})
		load(background(t), 6, time.Minute, func(ctx context.Context) error {
			return s.hub.call(ctx, s.budget, Search, 50*time.Millisecond, 50*time.Millisecond)
		})
		require.LessOrEqual(t, s.hub.most, 4)
		require.Greater(t, len(s.hub.arrivals), 190)
	})
}

func TestStats_SayWhoUsesTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(3, 0, 7)
		for _, lane := range []crm.Lane{crm.Flush, crm.Flush, crm.Sweep} {
			require.NoError(t, c.call(crm.WithLane(t.Context(), lane)))
		}
		ctx, cancel := context.WithCancel(background(t))
		go func() { _ = c.call(ctx) }()
		synctest.Wait()
		s := c.budget.Stats().Burst
		require.Equal(t, LaneStats{Lane: "flush", Calls: 2, LastMinute: 2}, s.Lanes[crm.Flush])
		require.Equal(t, LaneStats{Lane: "backfill", Waiting: 1}, s.Lanes[crm.Backfill])
		require.Equal(t, 1, s.Waiting)
		cancel()
		time.Sleep(2 * time.Minute)
		ticket, err := c.budget.Acquire(crm.WithLane(t.Context(), crm.Sweep), Burst)
		require.NoError(t, err)
		ticket.Done(Answer{Status: 429, Policy: PolicyTenSecondly})
		s = c.budget.Stats().Burst
		require.Equal(t, LaneStats{Lane: "sweep", Calls: 2, Rejected: 1, LastMinute: 1}, s.Lanes[crm.Sweep])
		require.Equal(t, LaneStats{Lane: "flush", Calls: 2}, s.Lanes[crm.Flush])
	})
}
