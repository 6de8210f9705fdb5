package simtest

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
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
	"satchel/internal/syncer"
)

// TestLive lets the node run by itself: its loops push, poll, look back and watch
// the line, beside what the rep and colleagues do at drawn times. Processes die in
// the middle of what the loops do. Once the network is well nobody helps any
// more, and the outbox has to come to rest; then the invariants are those of
// TestR20_TheInvariantsHold.
//
// What happens is drawn from the seed, when is not altogether: the loops spread
// their retries by chance of their own, and a select with two ways open takes
// either. A seed that failed may need to be run a few times to fail again.
func TestLive(t *testing.T) {
	for i := range *lives {
		seed := *from + uint64(i)
		require.NoError(t, flag.Set("rapid.seed", strconv.FormatUint(seed, 10)))
		require.NoError(t, flag.Set("rapid.checks", "1"))
		rapid.Check(t, func(rt *rapid.T) { live(t, rt) })
	}
	t.Logf("%d live seeds from %d held", *lives, *from)
}

// live is one life of a world whose node runs by itself.
func live(t *testing.T, rt *rapid.T) {
	t.Helper()
	inBubble(t, synctest.Test, func(ctx context.Context) {
		w := &living{world: newWorld(ctx, rt)}
		defer func() { //nolint:contextcheck // closing outlives every context
			p := recover()
			w.end()
			if p != nil {
				rt.Logf("history and calls:\n%s", strings.Join(slices.Concat(w.history, w.wire.calls), "\n"))
			}
			w.close()
			if p != nil {
				panic(p)
			}
		}()
		w.wire.slow = time.Duration(rapid.SampledFrom([]int{10, 75, 400}).Draw(rt, "latency")) * time.Millisecond
		w.wire.before = func(r *http.Request) { w.mayDie("before " + r.URL.Path) }
		w.wire.after = func(r *http.Request) { w.mayDie("after " + r.URL.Path) }
		w.life() //nolint:contextcheck // a world has a context of its own, and closing outlives it
	})
}

// living is a world in which the syncer runs.
type living struct {
	*world
	sync    *syncer.Syncer
	halt    func() // ends the loops and returns when they have ended; nil while there are none
	away    bool   // there is no network
	setBack int64  // by how many seconds the clock was set back in all
}

// life is all that happens.
func (w *living) life() {
	w.t.Helper()
	w.begin()
	for range rapid.IntRange(4, 24).Draw(w.t, "steps") {
		w.step()
	}
	w.settle()
	w.end()
	w.pullAll()
	w.hold()
}

// begin starts the loops of a process.
func (w *living) begin() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.ctx)
	hub := w.hub
	w.sync = syncer.New(syncer.Options{
		Puller: w.pull, Pusher: w.outbox, Connected: true, Crowded: w.calls.Crowded, Clock: w.now, Rand: half,
		Log:   slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Probe: func(ctx context.Context) error { _, err := hub.Portal(ctx); return err },
	})
	done := make(chan struct{})
	s := w.sync
	go func() {
		defer close(done)
		_ = s.Run(ctx) // it ends with ctx, which is no error
	}()
	w.halt = func() { cancel(); <-done }
	w.sync.SetFocus(crm.Contacts)
	lapse(0) // it has begun before anything else happens
}

// end stops the loops. What is still under way without them has a minute.
func (w *living) end() {
	if w.halt != nil {
		w.halt()
		w.halt = nil
		lapse(time.Minute)
	}
}

// again starts a new process. The old one dies first, unless it may finish what
// it is doing.
func (w *living) again(dies bool) {
	w.t.Helper()
	if dies {
		w.wire.dead.Store(true)
	}
	w.fuse.Store(0)
	w.copies.Store(0)
	w.end()
	w.stop()
	w.start()
	w.begin()
}

// step lets some time pass and does one thing that was drawn.
func (w *living) step() {
	w.t.Helper()
	lapse(time.Duration(rapid.SampledFrom([]int{50, 300, 0, 1000, 5000, 20_000, 61_000, 300_000}).Draw(w.t, "ms")) * time.Millisecond)
	if w.wire.dead.Load() {
		w.again(true)
	}
	acts := []func(){w.edit, w.colleague, w.create, w.fault, w.bulk, w.undo, w.fuseIt, w.decide, w.associate, w.jot, w.line, w.reshape, w.expire}
	rare := []func(){w.merge, w.archive, w.theyArchive, w.theyRestore, w.tighten, w.clock, w.rest, w.crash, w.signBack}
	rapid.SampledFrom(slices.Concat(acts, rare, acts)).Draw(w.t, "action")()
	w.sync.Wake()
}

// fuseIt lets the process die some commits and calls from now.
func (w *living) fuseIt() {
	w.t.Helper()
	w.fuse.Store(int64(rapid.IntRange(1, 12).Draw(w.t, "points")))
}

// crash ends the process at once, or in peace.
func (w *living) crash() {
	w.t.Helper()
	dies := rapid.Bool().Draw(w.t, "dies")
	w.say("the process ends, dies=%v", dies)
	w.again(dies)
}

// line takes the network away, or brings it back.
func (w *living) line() {
	w.t.Helper()
	w.away = !w.away
	w.say("away=%v", w.away)
	require.NoError(w.t, w.portal.SetSettings(sandbox.SettingsChange{Unreachable: &w.away}))
}

// clock moves the clock of the rep's computer, by no more than can be waited for.
func (w *living) clock() {
	w.t.Helper()
	by := int64(rapid.SampledFrom([]int{60, -60, 600, -600}).Draw(w.t, "jump"))
	w.setBack += max(-by, 0)
	w.skew.Add(by)
	w.say("the computer's clock is off by %d s", w.skew.Load())
}

// rest lets the rep pause the syncer, or let it go on, or ask for fresh data.
func (w *living) rest() {
	w.t.Helper()
	switch rapid.SampledFrom([]string{"pause", "go on", "refresh", "look"}).Draw(w.t, "sync") {
	case "pause":
		w.sync.Pause(true)
	case "go on":
		w.sync.Pause(false)
	case "refresh":
		w.sync.Refresh()
	default:
		w.sync.SetFocus(rapid.SampledFrom([]crm.ObjectType{crm.Deals, crm.Companies, ""}).Draw(w.t, "focus"))
	}
}

// signBack signs in again, if the syncer says that this is needed.
func (w *living) signBack() {
	w.t.Helper()
	if w.sync.Status().State == syncer.SignIn {
		w.signIn()
		w.sync.Resume()
	}
}

// settle is the end of all trouble: from then on everything has to go by itself.
func (w *living) settle() {
	w.t.Helper()
	if w.wire.dead.Load() {
		w.again(true)
	}
	w.fuse.Store(0)
	w.wire.renewed.set(false)
	w.portal.ClearFaults()
	w.sync.Pause(false)
	w.say("quiet")
	quiet := w.millis()
	// An hour is the longest that anything waits, and the clock may have been set
	// back meanwhile.
	patience := time.Hour + time.Duration(w.setBack)*time.Second
	w.within(patience, "the outbox does not come to rest by itself", func() bool {
		_, timed, err := w.outbox.Next(w.ctx)
		require.NoError(w.t, err)
		ops, err := w.store.Unfinished(w.ctx)
		require.NoError(w.t, err)
		return !timed && !slices.ContainsFunc(ops, func(o crm.Op) bool { return o.State == crm.Sending })
	})
	w.watch()
	w.within(20*time.Minute, "what was sent is not looked back at", func() bool {
		left, err := w.store.Unchecked(w.ctx, 1)
		require.NoError(w.t, err)
		return len(left) == 0
	})
	w.within(20*time.Minute, "the copy is not fresh", func() bool { return w.sync.Status().LastSync > quiet })
}

// lapse lets time pass: a little more than was asked for, so that nothing that
// happens is ever at the moment of one of the loops' ticks, where either might
// come first.
func lapse(d time.Duration) { time.Sleep(d + 7*time.Nanosecond) }

// within waits for something that has to come true. Signing in again is the one
// thing that the rep has to do for it.
func (w *living) within(most time.Duration, what string, holds func() bool) {
	w.t.Helper()
	for began := time.Now(); !holds(); {
		w.signBack()
		require.Less(w.t, time.Since(began), most, "%s: %+v", what, w.sync.Status())
		lapse(20 * time.Second)
	}
}
