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

// TestR20_EveryPlantedBugIsFound shows that the check bites: with each of ten bugs put into the
// product, some seed fails. It says which one. The seed that has found a bug before is
// tried first.
func TestR20_EveryPlantedBugIsFound(t *testing.T) {
	if !*bugs {
		t.Skip("it builds the product ten times; -sim.planted does it")
	}
	plantAll(t, "testdata/planted", 10, "TestR20_TheInvariantsHold$", "-sim.seeds", 1000, map[string]uint64{
		"ack_before_commit": 3, "coalesce_across_sending": 86, "drop_the_base": 3, "echo_as_conflict": 609, "follower_before_create": 3,
		"forget_wake_up": 5, "ignore_207_rows": 21, "lose_order": 17, "retry_a_post": 92, "treat_404_as_success": 5,
	})
}

// TestPull_EveryPlantedBugIsFound is the same for nine bugs of the pull.
func TestPull_EveryPlantedBugIsFound(t *testing.T) {
	if !*bugs {
		t.Skip("it builds the product nine times; -sim.planted does it")
	}
	plantAll(t, "testdata/planted/pull", 9, "TestPull$", "-sim.pulls", 200, map[string]uint64{
		"cursor_before_its_page": 81, "due_links_forgotten": 6, "failed_links_are_none": 2, "merged_id_is_another_record": 2,
		"missing_row_is_gone": 1, "no_overlap": 7, "older_row_over_newer": 4, "refill_of_one_page": 5, "resurrect_after_archive": 337,
	})
}

func plantAll(t *testing.T, dir string, n int, test, count string, most int, foundBefore map[string]uint64) {
	t.Helper()
	paths, err := filepath.Glob(dir + "/*.txt")
	require.NoError(t, err)
	require.Len(t, paths, n)
	for _, path := range paths {
		plant(t, path, test, count, most, foundBefore[strings.TrimSuffix(filepath.Base(path), ".txt")])
	}
}

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
		broken := regexp.MustCompile(`I\d+: .*|does not come to rest|renewed without a reason`)
		why := broken.Find(out)
		for range 5 { // what is shown is a repetition, in which calls of one moment may go in another order
			if why != nil {
				break
			}
			at, err := strconv.ParseUint(string(seed[1]), 10, 64)
			require.NoError(t, err)
			again, _ := run(at, 1)
			why = broken.Find(again)
		}
		require.NotNil(t, why, "%s", out)
		t.Logf("%s Found by seed %s: %s", bug.What, seed[1], why)
	})
}
