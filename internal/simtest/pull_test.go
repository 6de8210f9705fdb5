package simtest

import (
	"context"
	"flag"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// TestPull lets a node pull a portal under all kinds of trouble: its loops run by
// themselves, from the first pull on, while colleagues and administrators change
// what deltas show and what only sweeps find, HubSpot fails in the middle of every
// kind of read, and processes die around every commit. Invariant I10 is that the
// copy is HubSpot's, see hubIsHere; the others hold as well.
func TestPull(t *testing.T) {
	if racing {
		*pulls = min(*pulls, 1) // each takes ten times as long
	}
	for i := range *pulls {
		runPull(t, *from+uint64(i))
	}
	t.Logf("%d pulls from %d held", *pulls, *from)
}

func runPull(t *testing.T, seed uint64) {
	t.Helper()
	require.NoError(t, flag.Set("rapid.seed", strconv.FormatUint(seed, 10)))
	require.NoError(t, flag.Set("rapid.checks", "1"))
	rapid.Check(t, func(rt *rapid.T) { pulled(t, rt) })
}

// A pull run twice has the same history, call for call.
func TestPull_IsRepeatable(t *testing.T) {
	if racing {
		t.Skip("the race detector shuffles the scheduler")
	}
	for _, seed := range []uint64{5, 81, 337, 500} { // in most of them a process dies
		var histories [2]string
		for i := range histories {
			require.NoError(t, flag.Set("rapid.seed", strconv.FormatUint(seed, 10)))
			require.NoError(t, flag.Set("rapid.checks", "1"))
			rapid.Check(t, func(rt *rapid.T) { histories[i] = pulled(t, rt) })
		}
		require.Equal(t, histories[0], histories[1], "seed %d", seed)
	}
}

// pulled is one life of a world whose copy is looked at. It returns the history.
func pulled(t *testing.T, rt *rapid.T) (history string) {
	t.Helper()
	inBubble(t, synctest.Test, func(ctx context.Context) {
		w := newCopying(ctx, rt)
		defer func() { //nolint:contextcheck // closing outlives every context
			p := recover()
			w.end()
			history = strings.Join(slices.Concat(w.history, w.wire.calls), "\n")
			if p != nil {
				rt.Logf("history and calls:\n%s", history)
			}
			w.close()
			if p != nil {
				panic(p)
			}
		}()
		w.life() //nolint:contextcheck // a world has a context of its own, and closing outlives it
	})
	return history
}

// copying is a world whose local copy is held against the portal.
type copying struct {
	*living
	seen   sight
	made   []linkKey        // associations that came with new records
	daily  bool             // HubSpot has said that the day's calls are used up
	nights int              // of the three days that the portal's journal has
	barred bool             // a permission was missing at some time
	parted map[linkKey]bool // pairs that only sweeps know of
}

func newCopying(ctx context.Context, t *rapid.T) *copying {
	w := &copying{living: &living{world: emptyWorld(ctx, t)}, parted: map[linkKey]bool{}}
	w.seen.begin()
	w.lists = &lists{}
	w.lists.size.Store(int64(rapid.SampledFrom([]int{1, 5, 100}).Draw(t, "page")))
	if rapid.Bool().Draw(t, "the rep is an owner") {
		w.owner = crm.OwnerID(w.portal.People()[rapid.IntRange(0, 2).Draw(t, "who")].ID)
	}
	lag := int64(rapid.SampledFrom([]int{30_000, 0, 30_000}).Draw(t, "lag in ms"))
	require.NoError(t, w.portal.SetSettings(sandbox.SettingsChange{IndexLagMS: &lag}))
	w.wire.slow = time.Duration(rapid.SampledFrom([]int{10, 75, 400}).Draw(t, "latency")) * time.Millisecond
	point := func(when string) func(string) { return func(path string) { w.mayDie(when + " " + path) } }
	w.wire.before, w.wire.after = onPath(point("before")), onPath(point("after"))
	return w
}

// life is all that happens.
func (w *copying) life() {
	w.t.Helper()
	w.look()
	w.begin()
	w.connect()
	w.flurry()
	w.nap()
	for range 20 - rapid.IntRange(0, 16).Draw(w.t, "fewer steps") {
		w.step()
	}
	w.calm()
	if w.daily { // until HubSpot's midnight nobody may call
		w.sleep(25 * time.Hour)
	}
	w.settle()
	w.deltasDone()
	w.sweepsDone()
	w.end()
	w.same10()
	w.hold()
}

// connect is the first pull of everything.
func (w *copying) connect() {
	w.t.Helper()
	for range rapid.IntRange(0, 6).Draw(w.t, "steps of the first pull") {
		w.pass(0, 20, 100, 400, 1500, 6000)
		w.one([]func(){
			w.fuseIt, w.pullFault, w.theyEdit, w.theyMake, w.crash, w.line, w.theyLink, w.theyArchiveAny, w.expire, w.theyMerge, w.theyTouch,
		})
	}
	w.calm()
	w.within(26*time.Hour, "the first pull does not come to its end", func() bool {
		done, err := w.pull.Complete(w.ctx)
		require.NoError(w.t, err)
		return done
	})
	w.say("everything is here")
	w.look()
	w.choose()
}

// step lets some time pass and does one thing that was drawn.
func (w *copying) step() {
	w.t.Helper()
	w.pass(5000, 61_000, 1000, 20_000, 50, 200_000)
	rep := []func(){w.edit, w.create, w.jot, w.associate, w.bulk, w.undo, w.decide, w.regret, w.show, w.rest}
	// What stands first is drawn more often.
	theirs := []func(){
		w.theyMerge, w.theyMake, w.flurry, w.theyDefine, w.theyLink, w.theyEdit, w.theyArchiveAny, w.flurry, w.theyRedefine, w.theyRestore, w.colleague,
		w.theyTouch, w.merge, w.theyStage, w.theyOwn, w.reshape,
	}
	trouble := []func(){w.nap, w.gap, w.pullFault, w.nap, w.fuseIt, w.nap, w.line, w.forbid, w.crash, w.night, w.fault, w.expire, w.clock, w.tighten, w.signBack}
	w.one(rapid.SampledFrom([][]func(){trouble, theirs, rep, trouble, theirs}).Draw(w.t, "who"))
	w.sync.Wake()
}

// pass lets some time pass, and looks then.
func (w *copying) pass(ms ...int) {
	w.t.Helper()
	lapse(time.Duration(rapid.SampledFrom(ms).Draw(w.t, "ms")) * time.Millisecond)
	if w.wire.dead.Load() {
		w.again(true)
	}
	w.look()
}

func (w *copying) one(of []func()) {
	w.t.Helper()
	rapid.SampledFrom(of).Draw(w.t, "action")()
}

// calm is the end of all trouble with HubSpot.
func (w *copying) calm() {
	w.t.Helper()
	w.fuse.Store(0)
	w.copies.Store(0)
	if w.wire.dead.Load() {
		w.again(true)
	}
	w.wire.renewed.set(false)
	w.portal.ClearFaults()
	w.lists.gap.Store(0)
	w.away = false
	require.NoError(w.t, w.portal.SetSettings(sandbox.SettingsChange{Unreachable: &w.away}))
	w.sync.Pause(false)
	w.signBack()
}

// deltasDone waits until every type's changes were asked for, and checks what
// deltas bring.
func (w *copying) deltasDone() {
	w.t.Helper()
	quiet := w.millis() + crm.Millis((90 * time.Second).Milliseconds()) // the index has everything then
	w.within(45*time.Minute, "the changes of a type are not asked for", func() bool {
		for _, s := range crm.AllSpecs() {
			if w.pull.Fresh(s.Type, "") < quiet {
				return false
			}
		}
		return true
	})
	w.say("deltas are done")
	w.look()
	w.broughtByDeltas()
}

// sweepsDone lets a night pass, and the round of the sweep that is due then.
func (w *copying) sweepsDone() {
	w.t.Helper()
	w.sync.Pause(true)
	w.sleep(25 * time.Hour)
	w.sync.Pause(false)
	dawn := w.millis()
	w.say("the night is over")
	w.within(3*time.Hour, "the sweep does not come to its end", func() bool {
		var r struct{ Began, Ended crm.Millis }
		return w.cursor("sweep/all", &r) && r.Began >= dawn && r.Ended > 0
	})
	swept := w.millis()
	w.say("the sweep is done")
	w.within(45*time.Minute, "what the sweep has found is not asked for", func() bool {
		due, err := w.store.Cursors(w.ctx, "refill/")
		require.NoError(w.t, err)
		for _, s := range crm.AllSpecs() {
			if w.pull.Fresh(s.Type, "") < swept || len(due) > 0 {
				return false
			}
		}
		return true
	})
	w.look()
}
