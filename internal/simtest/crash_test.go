package simtest

import (
	"context"
	"flag"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// crash_everywhere: an outbox with edits, new records, associations and an archive
// is flushed, and the process dies at its first commit or call, at its second,
// and so on until a flush gets through; each time a new process goes on. The
// invariants hold every time. The seeds have portals with our unique property and
// without.
func TestScenario_crash_everywhere(t *testing.T) {
	seeds := []uint64{1, 2, 3}
	if racing {
		seeds = seeds[:1] // it takes ten times as long
	}
	for _, seed := range seeds {
		t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			points := 0
			for died := true; died; {
				require.NoError(t, flag.Set("rapid.seed", strconv.FormatUint(seed, 10)))
				require.NoError(t, flag.Set("rapid.checks", "1"))
				rapid.Check(t, func(rt *rapid.T) { died = diesAt(t, rt, points+1) })
				if died {
					points++
				}
			}
			t.Logf("%d points", points)
			require.Greater(t, points, 12, "a flush has more commits and calls than that")
		})
	}
}

// diesAt lets the process die at a point of its first flush, and says whether it
// came to that.
func diesAt(t *testing.T, rt *rapid.T, point int) (died bool) {
	t.Helper()
	inBubble(t, synctestTest, func(ctx context.Context) {
		w := newWorld(ctx, rt)
		defer func() { //nolint:contextcheck // closing outlives every context
			if p := recover(); p != nil {
				rt.Logf("dying at point %d:\n%s\n%s", point, strings.Join(w.history, "\n"), strings.Join(w.wire.calls, "\n"))
				w.close()
				panic(p)
			}
			w.close()
		}()
		died = w.dieAt(point) //nolint:contextcheck // closing outlives every context
	})
	return died
}

// dieAt fills the outbox, lets the process die at a point of the flush, and lets a
// new one end it.
func (w *world) dieAt(point int) (died bool) {
	w.t.Helper()
	for _, k := range w.records[:4] {
		w.editOf(k)
	}
	w.create()
	w.create()
	w.jot()
	w.associate()
	w.archive()
	time.Sleep(time.Minute) // the archive may go
	w.fuse.Store(int64(point))
	w.armed = false
	between := func(r *http.Request) { w.mayDie(r.Method + " " + r.URL.Path) }
	w.wire.before, w.wire.after = between, between
	_, err := w.outbox.Flush(w.ctx)
	w.wire.before, w.wire.after = nil, nil
	w.say("flush: %v", err)
	died = w.fuse.Load() == 0
	w.fuse.Store(0)
	w.revive()
	w.drain()
	w.decideAll()
	w.check()
	return died
}
