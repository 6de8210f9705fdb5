package simtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/redtest"
)

// overlay writes what go build -overlay reads.
func overlay(t *testing.T, bug redtest.Mutation) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for file, src := range bug.Files {
		abs, err := filepath.Abs(filepath.Join("../..", file))
		require.NoError(t, err)
		copied := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		require.NoError(t, os.WriteFile(copied, []byte(src), 0o600))
		replace[abs] = copied
	}
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	path := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	return path
}

// TestR20_EveryPlantedBugIsFound shows that the check bites: with each of eleven bugs put into the
// product, some seed fails. It says how many it took.
func TestR20_EveryPlantedBugIsFound(t *testing.T) {
	if !*bugs {
		t.Skip("it builds the product eleven times; -sim.planted does it")
	}
	paths, err := filepath.Glob("testdata/planted/*.txt")
	require.NoError(t, err)
	require.Len(t, paths, 11)
	for _, path := range paths {
		plant(t, path, "TestR20_TheInvariantsHold$", "-sim.seeds", 1000, 0)
	}
}

// TestPull_EveryPlantedBugIsFound is the same for eight bugs of the pull. The seed
// that has found one before is tried first.
func TestPull_EveryPlantedBugIsFound(t *testing.T) {
	if !*bugs {
		t.Skip("it builds the product eight times; -sim.planted does it")
	}
	paths, err := filepath.Glob("testdata/planted/pull/*.txt")
	require.NoError(t, err)
	require.Len(t, paths, 8)
	for _, path := range paths {
		plant(t, path, "TestPull$", "-sim.pulls", 200, foundBefore[strings.TrimSuffix(filepath.Base(path), ".txt")])
	}
}

// foundBefore are the seeds that have found the bugs of the pull.
var foundBefore = map[string]uint64{}

// plant puts a bug into the product and runs seeds until one fails: first the one
// that is given, 0 for none, and then as many as most from 1 on.
func plant(t *testing.T, path, test, count string, most int, first uint64) {
	t.Helper()
	bug, err := redtest.Read("../..", path)
	require.NoError(t, err, "plant it anew")
	t.Run(bug.Name, func(t *testing.T) {
		binary := filepath.Join(t.TempDir(), "sim.test")
		build := exec.CommandContext(t.Context(), "go", "test", "-tags", "headless", "-overlay", overlay(t, bug), "-c", "-o", binary, ".")
		out, err := build.CombinedOutput()
		require.NoError(t, err, "%s", out)
		run := func(from uint64, n int) ([]byte, error) {
			return exec.CommandContext(t.Context(), binary, "-test.run", test, count, strconv.Itoa(n), "-sim.from", strconv.FormatUint(from, 10),
				"-rapid.nofailfile", "-rapid.shrinktime", "0s", "-test.v").CombinedOutput()
		}
		if first > 0 {
			out, err = run(first, 1)
		}
		if err == nil {
			out, err = run(1, most)
		}
		require.Error(t, err, "%s: not found in %d seeds", bug.What, most)
		seed := regexp.MustCompile(`rapid\.seed=(\d+)`).FindSubmatch(out)
		require.NotNil(t, seed, "%s", out)
		why := regexp.MustCompile(`I\d+: .*|does not come to rest|renewed without a reason`).Find(out)
		require.NotNil(t, why, "%s", out)
		t.Logf("%s Found by seed %s: %s", bug.What, seed[1], why)
	})
}
