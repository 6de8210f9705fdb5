package simtest

import (
	"context"
	_ "embed"
	"flag"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	seeds = flag.Int("sim.seeds", 100, "how many seeds to run")
	from  = flag.Uint64("sim.from", 1, "the first of them")
	lives = flag.Int("sim.lives", 20, "how many seeds to run live")
	pulls = flag.Int("sim.pulls", 2, "how many seeds to run that pull under trouble")
	forty = flag.Bool("sim.desktops", false, "whether forty desktops share one limit; see docs/reliability.md")
	bugs  = flag.Bool("sim.planted", false, "whether planted bugs are looked for")
)

// TestR20_TheInvariantsHold runs seeds, one after the other. One that fails is shrunk by rapid,
// and kept below testdata, from where it is run first ever after.
func TestR20_TheInvariantsHold(t *testing.T) {
	for i := range *seeds {
		runSeed(t, *from+uint64(i))
	}
	t.Logf("%d seeds from %d held", *seeds, *from)
}

//go:embed testdata/seeds.txt
var failed string

// Seeds that once failed are run for ever.
func TestR20_SeedsThatFailedHold(t *testing.T) {
	for line := range strings.Lines(failed) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		line, pulls := strings.CutPrefix(line, "pull ")
		number, _, _ := strings.Cut(line, " ")
		seed, err := strconv.ParseUint(number, 10, 64)
		require.NoError(t, err)
		if pulls && racing {
			continue // it takes ten times as long
		}
		if pulls {
			t.Run("pull "+number, func(t *testing.T) { runPull(t, seed) })
			continue
		}
		t.Run(number, func(t *testing.T) { runSeed(t, seed) })
	}
}

func runSeed(t *testing.T, seed uint64) {
	t.Helper()
	require.NoError(t, flag.Set("rapid.seed", strconv.FormatUint(seed, 10)))
	require.NoError(t, flag.Set("rapid.checks", "1"))
	rapid.Check(t, func(rt *rapid.T) { run(t, rt) })
}

// A seed run twice has the same history, call for call.
func TestSim_IsRepeatable(t *testing.T) {
	if racing {
		t.Skip("the race detector shuffles the scheduler")
	}
	for seed := range uint64(8) {
		var histories [2]string
		for i := range histories {
			require.NoError(t, flag.Set("rapid.seed", strconv.FormatUint(100+seed, 10)))
			require.NoError(t, flag.Set("rapid.checks", "1"))
			rapid.Check(t, func(rt *rapid.T) { histories[i] = run(t, rt) })
		}
		require.Equal(t, histories[0], histories[1], "seed %d", 100+seed)
	}
}

// run is one life of a world, from the first pull to the last check. It returns
// the history.
func run(t *testing.T, rt *rapid.T) (history string) {
	t.Helper()
	inBubble(t, synctestTest, func(ctx context.Context) {
		w := newWorld(ctx, rt)
		defer func() { //nolint:contextcheck // closing outlives every context
			history = strings.Join(slices.Concat(w.history, w.wire.calls), "\n")
			if p := recover(); p != nil {
				rt.Logf("history and calls:\n%s", history)
				w.close()
				panic(p)
			}
			w.close()
		}()
		for range rapid.IntRange(4, 24).Draw(rt, "steps") {
			w.step()
		}
		w.drain()
		w.decideAll()
		w.check()
	})
	return history
}

func synctestTest(t *testing.T, f func(*testing.T)) { t.Helper(); synctest.Test(t, f) }

// TestMain runs on one processor, so that goroutines take turns in the same
// order in every run.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(1)
	m.Run()
}
