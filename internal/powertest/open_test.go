//go:build linux

package powertest

import (
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/store"
)

// rounds is how often something is repeated: once under the race detector.
func rounds(n uint64) uint64 {
	if racing {
		return 1
	}
	return n
}

// afterOpening cuts the power as soon as the store is open, and hands over what
// may be left, many times.
func afterOpening(t *testing.T, d *Disk, look func(dir string)) {
	t.Helper()
	needFUSE(t)
	onDisk(t, d, func(string) { d.Cut() })
	for seed := range rounds(50) {
		dir := t.TempDir()
		require.NoError(t, d.Survivors(rand.New(rand.NewPCG(seed, 0)), nil).WriteTo(dir))
		look(filepath.Join(dir, folder))
	}
}

// Wherever the first start is cut off, the next one works. The journal that
// SQLite makes the database with is part of it.
func TestOpen_ACutFirstStartIsNoObstacle(t *testing.T) {
	needFUSE(t)
	for last := 1; last <= 40; last++ {
		events := 0
		d := New(func(e Event) bool {
			if !strings.HasSuffix(e.Path, "-shm") {
				events++
			}
			return events == last
		})
		onDisk(t, d, func(string) { d.Cut() })
		for seed := range rounds(4) {
			dir := t.TempDir()
			require.NoError(t, d.Survivors(rand.New(rand.NewPCG(seed, 0)), nil).WriteTo(dir))
			s, err := store.Open(t.Context(), filepath.Join(dir, folder), slog.New(slog.DiscardHandler))
			require.NoError(t, err, "event %d, %v, seed %d", last, d.At(), seed)
			require.NoError(t, s.Close())
		}
	}
}

// Its name stands in the folder above it, which nobody else would sync.
func TestOpen_ANewFolderIsSafe(t *testing.T) {
	afterOpening(t, New(nil), func(dir string) {
		_, err := os.Stat(filepath.Join(dir, "satchel.db"))
		require.NoError(t, err)
	})
}

// Whatever the migration does, what was there before it can be had again.
func TestOpen_TheBackupIsSafeBeforeTheMigration(t *testing.T) {
	old := t.TempDir()
	firstVersion(t, filepath.Join(old, folder))
	d, err := FromDir(old, nil)
	require.NoError(t, err)
	afterOpening(t, d, func(dir string) { checkFiles(t, dir, "after a migration") })
}
