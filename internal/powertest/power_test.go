//go:build linux

package powertest

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	cuts   = flag.Int("power.cuts", defaultCuts, "how often the power is cut")
	seed   = flag.Uint64("power.seed", 0, "the first life's seed; 0 takes one from the clock")
	normal = flag.Bool("power.normal", false, "whether synchronous=NORMAL is shown to lose acts")
)

// perLife is how many cuts a disk goes through.
const perLife = 5

// firstSeed prints what it returns. The next lives have the numbers after it,
// and what fails names its life: -power.seed with that does it again.
func firstSeed(t *testing.T) uint64 {
	t.Helper()
	first := *seed
	if first == 0 {
		first = uint64(time.Now().UnixNano()) % 1_000_000_000
	}
	t.Logf("seed %d", first)
	return first
}

// TestR11_NoAcknowledgedEditIsLost cuts the power and finds every act that was acknowledged, and
// nothing else than whole acts in their order.
func TestR11_NoAcknowledgedEditIsLost(t *testing.T) {
	needFUSE(t)
	c, began := newCount(), time.Now()
	for life := firstSeed(t); c.cuts < *cuts; life++ {
		live(t, life, c, min(perLife, *cuts-c.cuts))
	}
	t.Logf("in %v", time.Since(began).Round(time.Second))
	t.Log(c)
	require.Empty(t, c.lost, "acts that were acknowledged are lost")
}

// TestR11_NormalLosesEdits shows that the test bites: the same with a store whose
// settings say NORMAL, which is the product but for one word, loses acts.
func TestR11_NormalLosesEdits(t *testing.T) {
	if !*normal {
		t.Skip("it builds the product a second time; -power.normal does it")
	}
	needFUSE(t)
	source, err := filepath.Abs("../store/connect.go")
	require.NoError(t, err)
	code, err := os.ReadFile(source)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(code), "synchronous(FULL)"))
	dir := t.TempDir()
	changed, overlay, binary := filepath.Join(dir, "connect.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "power.test")
	require.NoError(t, os.WriteFile(changed, []byte(strings.Replace(string(code), "synchronous(FULL)", "synchronous(NORMAL)", 1)), 0o600))
	raw, err := json.Marshal(map[string]any{"Replace": map[string]string{source: changed}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, raw, 0o600))
	out, err := exec.CommandContext(t.Context(), "go", "test", "-tags", "headless", "-overlay", overlay, "-c", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)

	run := exec.CommandContext(t.Context(), binary, "-test.run", "TestR11_NoAcknowledgedEditIsLost$", "-test.v", "-power.cuts", strconv.Itoa(*cuts), "-power.seed", strconv.FormatUint(firstSeed(t), 10))
	out, err = run.CombinedOutput()
	require.Error(t, err, "NORMAL lost nothing in %d cuts:\n%s", *cuts, out)
	line := regexp.MustCompile(`\d+ cuts; \d+ edits acknowledged, (\d+) of them lost; .*`).FindSubmatch(out)
	require.NotNil(t, line, "%s", out)
	lost, err := strconv.Atoi(string(line[1]))
	require.NoError(t, err)
	require.Positive(t, lost)
	t.Logf("synchronous=NORMAL: %s", line[0])
}
