//go:build linux

package powertest

import (
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/store"
)

// damagedDisk is a folder with a store that has no first page any more; edits
// wait in it.
func damagedDisk(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	r := &rep{dir: filepath.Join(dir, folder), seed: 1}
	require.NoError(t, r.open(t.Context()))
	require.NoError(t, r.pull(t.Context(), 1, 1, people))
	for n := 2; n < 12; n++ {
		require.NoError(t, r.create(t.Context(), n))
	}
	require.NoError(t, r.store.Close())
	file := filepath.Join(r.dir, "satchel.db")
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	clear(b[:4096])
	require.NoError(t, os.WriteFile(file, b, 0o600))
	return dir
}

// requireRepaired opens what is left and finds everything that waited.
func requireRepaired(t *testing.T, dir, where string) {
	t.Helper()
	s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err, where)
	defer func() { require.NoError(t, s.Close()) }()
	h, healed, err := s.Healed(t.Context())
	require.NoError(t, err)
	require.True(t, healed, where)
	require.Zero(t, h.Missing, where)
	ops, err := s.Unfinished(t.Context())
	require.NoError(t, err)
	require.Len(t, ops, 10, where)
	kept, err := filepath.Glob(filepath.Join(dir, "satchel-damaged-*.db"))
	require.NoError(t, err)
	require.Len(t, kept, 1, "%s: the damaged file is kept, once", where)
}

// TestR16_ARepairThatIsCutOffLosesNothing ends a repair at the first event on the
// disk, at the second, and so on: once it is killed, and once the power is cut.
func TestR16_ARepairThatIsCutOffLosesNothing(t *testing.T) {
	needFUSE(t)
	old := damagedDisk(t)
	step := 12
	if os.Getenv("SATCHEL_LONG") != "" && !racing {
		step = 1
	} else if racing {
		step = 40
	}
	ended := 0
	for last, d := range ends(t, old, step) {
		ended++
		for seed := range uint64(4) {
			left := t.TempDir()
			if seed == 0 { // killed: the kernel keeps what it has
				require.NoError(t, d.WriteTo(left))
			} else {
				require.NoError(t, d.Survivors(rand.New(rand.NewPCG(uint64(last), seed)), nil).WriteTo(left))
			}
			requireRepaired(t, filepath.Join(left, folder), "at "+d.At().Kind+" of "+d.At().Path)
			require.NoError(t, os.RemoveAll(left))
		}
	}
	t.Logf("ended %d repairs", ended)
	require.Greater(t, ended, 2)
}

// TestR17_ARepairNeedsRoom says so in words, and goes on when there is some.
func TestR17_ARepairNeedsRoom(t *testing.T) {
	needFUSE(t)
	d, err := FromDir(damagedDisk(t), nil)
	require.NoError(t, err)
	dir := serve(t, d, func(s servant) {
		d.Refuse(func(e Event) syscall.Errno {
			if e.Kind == Write && strings.Contains(e.Path, "satchel-new.db") && !strings.HasSuffix(e.Path, "-shm") {
				return syscall.ENOSPC
			}
			return 0
		})
		for range 2 {
			answer := s.ask("open")
			require.Regexp(t, "^storage .*could not be repaired yet.*Nothing is lost.*satchel-damaged-.*disk is full", answer)
		}
		d.Refuse(nil)
		require.Equal(t, "ok", s.ask("open"))
	})
	requireRepaired(t, dir, "with room again")
}
