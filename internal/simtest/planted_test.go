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
)

// A planted bug is a defect that was put into a copy of the product, as a file
// of testdata/planted: what it is, a file, and what is changed in it.
type planted struct {
	name, what string
	files      map[string]string // path -> changed source
}

// readPlanted applies a planted bug to the sources as they are now. One that no
// longer fits is an error: it has to be planted anew.
func readPlanted(t *testing.T, path string) planted {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	what, rest, _ := strings.Cut(string(raw), "\n")
	p := planted{strings.TrimSuffix(filepath.Base(path), ".txt"), what, map[string]string{}}
	file := ""
	for rest != "" {
		if !strings.HasPrefix(rest, "<<<<\n") {
			line, more, _ := strings.Cut(rest, "\n")
			file, rest = filepath.Join("../..", line), more
			src, err := os.ReadFile(file)
			require.NoError(t, err)
			if _, seen := p.files[file]; !seen {
				p.files[file] = string(src)
			}
			continue
		}
		change, more, ok := strings.Cut(rest[len("<<<<\n"):], ">>>>\n")
		require.True(t, ok, path)
		old, now, ok := strings.Cut(change, "====\n")
		require.True(t, ok, path)
		require.Equal(t, 1, strings.Count(p.files[file], old), "%s does not fit %s any more:\n%s", path, file, old)
		p.files[file] = strings.Replace(p.files[file], old, now, 1)
		rest = more
	}
	return p
}

// overlay writes what go build -overlay reads.
func (p planted) overlay(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for file, src := range p.files {
		abs, err := filepath.Abs(file)
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
		p := readPlanted(t, path)
		t.Run(p.name, func(t *testing.T) {
			binary := filepath.Join(t.TempDir(), "sim.test")
			build := exec.CommandContext(t.Context(), "go", "test", "-tags", "headless", "-overlay", p.overlay(t), "-c", "-o", binary, ".")
			out, err := build.CombinedOutput()
			require.NoError(t, err, "%s", out)
			const most = 1000
			run := exec.CommandContext(t.Context(), binary, "-test.run", "TestR20_TheInvariantsHold$", "-sim.seeds", strconv.Itoa(most), "-rapid.nofailfile", "-rapid.shrinktime", "0s", "-test.v")
			out, err = run.CombinedOutput()
			require.Error(t, err, "%s: not found in %d seeds", p.what, most)
			seed := regexp.MustCompile(`rapid\.seed=(\d+)`).FindSubmatch(out)
			require.NotNil(t, seed, "%s", out)
			why := regexp.MustCompile(`I\d: .*|does not come to rest|renewed without a reason`).Find(out)
			t.Logf("%s Found by seed %s: %s", p.what, seed[1], why)
		})
	}
}
