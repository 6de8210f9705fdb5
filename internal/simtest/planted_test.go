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
		bug, err := redtest.Read("../..", path)
		require.NoError(t, err, "plant it anew")
		t.Run(bug.Name, func(t *testing.T) {
			binary := filepath.Join(t.TempDir(), "sim.test")
			build := exec.CommandContext(t.Context(), "go", "test", "-tags", "headless", "-overlay", overlay(t, bug), "-c", "-o", binary, ".")
			out, err := build.CombinedOutput()
			require.NoError(t, err, "%s", out)
			const most = 1000
			run := exec.CommandContext(t.Context(), binary, "-test.run", "TestR20_TheInvariantsHold$", "-sim.seeds", strconv.Itoa(most), "-rapid.nofailfile", "-rapid.shrinktime", "0s", "-test.v")
			out, err = run.CombinedOutput()
			require.Error(t, err, "%s: not found in %d seeds", bug.What, most)
			seed := regexp.MustCompile(`rapid\.seed=(\d+)`).FindSubmatch(out)
			require.NotNil(t, seed, "%s", out)
			why := regexp.MustCompile(`I\d: .*|does not come to rest|renewed without a reason`).Find(out)
			t.Logf("%s Found by seed %s: %s", bug.What, seed[1], why)
		})
	}
}
