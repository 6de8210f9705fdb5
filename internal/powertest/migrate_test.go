//go:build linux

package powertest

import (
	"iter"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/store"
)

// TestR15_AMigrationThatIsCutOffIsNoObstacle starts the program on the database of
// every released version and ends it at the first event on the disk, at the
// second, and so on: once it is killed, and once the power is cut. Statements
// between two events leave nothing behind.
func TestR15_AMigrationThatIsCutOffIsNoObstacle(t *testing.T) {
	needFUSE(t)
	files, err := filepath.Glob("../store/testdata/schema-*.db")
	require.NoError(t, err)
	require.Greater(t, len(files), 1)
	step := 6
	if os.Getenv("SATCHEL_LONG") != "" && !racing {
		step = 1
	} else if racing {
		step = 40
	}
	ended := 0
	for _, file := range files[:len(files)-1] {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		old := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(old, folder), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(old, folder, "satchel.db"), b, 0o600))
		for last, d := range ends(t, old, step) {
			ended++
			killed, cut := t.TempDir(), t.TempDir()
			require.NoError(t, d.WriteTo(killed))
			require.NoError(t, d.Survivors(rand.New(rand.NewPCG(uint64(last), 15)), nil).WriteTo(cut))
			for _, dir := range []string{killed, cut} {
				checkFiles(t, filepath.Join(dir, folder), file)
				s, err := store.Open(t.Context(), filepath.Join(dir, folder), slog.New(slog.DiscardHandler))
				require.NoError(t, err, "%s, event %d, %v", file, last, d.At())
				_, healed, err := s.Healed(t.Context())
				require.NoError(t, err)
				require.False(t, healed, "a cut is no damage")
				ops, err := s.Unfinished(t.Context())
				require.NoError(t, err)
				require.Len(t, ops, 2, "%s, event %d, %v", file, last, d.At())
				require.NoError(t, s.Close())
				require.NoError(t, os.RemoveAll(dir))
			}
		}
	}
	t.Logf("ended %d migrations", ended)
	require.Greater(t, ended, 5)
}

// ends starts the program on a disk that holds what a folder does, and ends it at
// the first event on the disk, and every step events later, until it starts
// whole: which event it was, and the disk.
func ends(t *testing.T, folder string, step int) iter.Seq2[int, *Disk] {
	t.Helper()
	return func(yield func(int, *Disk) bool) {
		for last, open := 1, false; !open; last += step {
			d, err := FromDir(folder, nil)
			require.NoError(t, err)
			events := 0
			d.watch = func(e Event) bool {
				if !strings.HasSuffix(e.Path, "-shm") {
					events++
				}
				return events == last
			}
			onDisk(t, d, func(string) { open = true; d.Cut() })
			if !yield(last, d) {
				return
			}
		}
	}
}
