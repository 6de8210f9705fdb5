package powertest

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// outcomes cuts the power of a disk many times and counts what was left of a
// file: its content, or "-" when it had no name.
func outcomes(d *Disk, name string) map[string]int {
	d.Cut()
	seen := map[string]int{}
	for seed := range uint64(400) {
		after := d.Survivors(rand.New(rand.NewPCG(seed, 0)), nil)
		if n, ok := after.root.nodes[name]; ok {
			seen[string(n.now)]++
		} else {
			seen["-"]++
		}
	}
	return seen
}

// named is a file that is empty, and safe.
func named(t *testing.T, d *Disk, name string) *inode {
	t.Helper()
	n, errno := d.add(d.root, name, 0o600, false)
	require.Zero(t, errno)
	require.Zero(t, d.sync(n))
	require.Zero(t, d.sync(d.root))
	return n
}

func TestDisk_WhatWasNotSyncedMayBeLost(t *testing.T) {
	d := New(nil)
	n := named(t, d, "a")
	require.Zero(t, d.write(n, []byte("old"), 0))
	require.Zero(t, d.sync(n))
	require.Zero(t, d.write(n, []byte("new"), 0))
	seen := outcomes(d, "a")
	require.Len(t, seen, 2, "%v", seen)
	require.NotZero(t, seen["old"])
	require.NotZero(t, seen["new"])
}

func TestDisk_WhatWasSyncedIsThere(t *testing.T) {
	d := New(nil)
	n := named(t, d, "a")
	require.Zero(t, d.write(n, []byte("old"), 0))
	require.Zero(t, d.write(n, []byte("new"), 0))
	require.Zero(t, d.sync(n))
	require.Equal(t, map[string]int{"new": 400}, outcomes(d, "a"))
}

func TestDisk_ANameNeedsItsDirectory(t *testing.T) {
	d := New(nil)
	n, errno := d.add(d.root, "a", 0o600, false)
	require.Zero(t, errno)
	require.Zero(t, d.write(n, []byte("new"), 0))
	require.Zero(t, d.sync(n))
	seen := outcomes(d, "a")
	require.Len(t, seen, 2, "%v", seen)
	require.NotZero(t, seen["-"], "a file that was synced, in a directory that was not")
	require.NotZero(t, seen["new"])
}

func TestDisk_ADirectoryNeedsItsParent(t *testing.T) {
	d := New(nil)
	dir, errno := d.add(d.root, "dir", 0o700, true)
	require.Zero(t, errno)
	n, errno := d.add(dir, "a", 0o600, false)
	require.Zero(t, errno)
	require.Zero(t, d.sync(n))
	require.Zero(t, d.sync(dir))
	require.NotZero(t, outcomes(d, "dir")["-"])
}

func TestDisk_ARenameHappensOrNot(t *testing.T) {
	for _, synced := range []bool{false, true} {
		d := New(nil)
		old, n := named(t, d, "a"), named(t, d, "a.tmp")
		require.Zero(t, d.write(old, []byte("old"), 0))
		require.Zero(t, d.sync(old))
		require.Zero(t, d.write(n, []byte("new"), 0))
		require.Zero(t, d.sync(n))
		require.Zero(t, d.rename(rename{node: n, from: d.root, fromName: "a.tmp", to: d.root, toName: "a"}))
		if synced {
			require.Zero(t, d.sync(d.root))
			require.Equal(t, map[string]int{"new": 400}, outcomes(d, "a"))
			continue
		}
		seen := outcomes(d, "a")
		require.Len(t, seen, 2, "%v", seen)
		require.NotZero(t, seen["old"])
		require.NotZero(t, seen["new"])
	}
}

func TestDisk_ARemovedNameMayComeBack(t *testing.T) {
	d := New(nil)
	named(t, d, "a")
	require.Zero(t, d.remove(d.root, "a"))
	seen := outcomes(d, "a")
	require.NotZero(t, seen[""])
	require.NotZero(t, seen["-"])
}

func TestDisk_AWriteIsTornBetweenSectors(t *testing.T) {
	d := New(nil)
	n := named(t, d, "a")
	require.Zero(t, d.write(n, bytes.Repeat([]byte("o"), 3*sector), 0))
	require.Zero(t, d.sync(n))
	require.Zero(t, d.write(n, bytes.Repeat([]byte("n"), 2*sector), sector/2))
	seen := outcomes(d, "a")
	require.Len(t, seen, 8, "each of three sectors is old or new")
	for content := range seen {
		require.Len(t, content, 3*sector)
		require.Equal(t, byte('o'), content[0], "beside the write")
		require.Equal(t, byte('o'), content[3*sector-1], "beside the write")
	}
}

func TestDisk_ALostWriteMayLeaveItsSize(t *testing.T) {
	d := New(nil)
	n := named(t, d, "a")
	require.Zero(t, d.write(n, []byte("new"), 0))
	seen := outcomes(d, "a")
	require.NotZero(t, seen[""])
	require.NotZero(t, seen["new"])
	require.NotZero(t, seen["\x00\x00\x00"])
}

func TestDisk_NothingIsAnsweredAfterTheCut(t *testing.T) {
	events := 0
	d := New(func(Event) bool { events++; return events == 4 })
	n := named(t, d, "a") // events 1 to 3
	require.NotZero(t, d.write(n, []byte("new"), 0), "the cut falls on it")
	require.Equal(t, Event{Write, "a"}, d.At())
	require.NotZero(t, d.sync(n))
	_, errno := d.read(n, make([]byte, 3), 0)
	require.NotZero(t, errno)
	require.NotZero(t, outcomes(d, "a")["new"], "what was on its way may arrive")
}

func TestDisk_ASyncThatWasCutIsNone(t *testing.T) {
	d := New(func(e Event) bool { return e == Event{Sync, "a"} })
	n, errno := d.add(d.root, "a", 0o600, false)
	require.Zero(t, errno)
	require.Zero(t, d.sync(d.root))
	require.Zero(t, d.write(n, []byte("new"), 0))
	require.NotZero(t, d.sync(n))
	require.NotZero(t, outcomes(d, "a")[""])
}

// Whatever was written, truncated and synced: a file that was synced last of
// all is as processes saw it, with any retention; and one that keeps
// everything is, too.
func TestDisk_SyncedIsWhatProcessesSaw(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := New(nil)
		n, errno := d.add(d.root, "a", 0o600, false)
		require.Zero(rt, errno)
		require.Zero(rt, d.sync(d.root))
		model := []byte{}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0:
				require.Zero(rt, d.sync(n))
			case 1:
				size := rapid.IntRange(0, 3000).Draw(rt, "size")
				require.Zero(rt, d.truncate(n, int64(size)))
				model = slices.Clone(grown(model, int64(size))[:size])
			default:
				at := rapid.IntRange(0, 3000).Draw(rt, "at")
				data := bytes.Repeat([]byte{rapid.Byte().Draw(rt, "byte")}, rapid.IntRange(1, 2000).Draw(rt, "length"))
				require.Zero(rt, d.write(n, data, int64(at)))
				model = grown(model, int64(at+len(data)))
				copy(model[at:], data)
			}
		}
		require.Zero(rt, d.sync(n))
		d.Cut()
		after := d.Survivors(rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0)), nil)
		require.True(rt, bytes.Equal(model, after.root.nodes["a"].now))
	})
}
