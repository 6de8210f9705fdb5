//go:build linux

package powertest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// mount shows a disk for as long as the test runs, or until it is unmounted
// before.
func mount(t *testing.T, d *Disk) (dir string, unmount func()) {
	t.Helper()
	dir = t.TempDir()
	un, err := Mount(dir, d)
	require.NoError(t, err)
	done := false
	unmount = func() {
		if !done {
			done = true
			require.NoError(t, un())
		}
	}
	t.Cleanup(unmount)
	return dir, unmount
}

// needFUSE skips a test where there is no FUSE.
func needFUSE(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("power cuts need /dev/fuse, which cannot be opened here: %v", err)
	}
	require.NoError(t, f.Close())
	dir := t.TempDir()
	unmount, err := Mount(dir, New(nil))
	if err != nil {
		t.Skipf("power cuts need /dev/fuse, which is here, but cannot be mounted: %v", err)
	}
	require.NoError(t, unmount())
}

func TestMount_IsAFileSystem(t *testing.T) {
	needFUSE(t)
	d := New(nil)
	dir, unmount := mount(t, d)
	sub := filepath.Join(dir, "sub")
	require.NoError(t, os.Mkdir(sub, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(sub, "a"), []byte("hello"), 0o600))
	require.NoError(t, os.Truncate(filepath.Join(sub, "a"), 4))
	require.NoError(t, os.Rename(filepath.Join(sub, "a"), filepath.Join(dir, "b")))
	got, err := os.ReadFile(filepath.Join(dir, "b"))
	require.NoError(t, err)
	require.Equal(t, "hell", string(got))
	info, err := os.Stat(filepath.Join(dir, "b"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	entries, err := os.ReadDir(sub)
	require.NoError(t, err)
	require.Empty(t, entries)
	require.NoError(t, os.Remove(sub))
	_, err = os.Stat(sub)
	require.ErrorIs(t, err, os.ErrNotExist)
	unmount()
	entries, err = os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries, "unmounted")
}

func TestMount_SyncReachesTheDisk(t *testing.T) {
	needFUSE(t)
	d := New(nil)
	dir, _ := mount(t, d)
	write := func(name string, sync bool) {
		f, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		_, err = f.WriteString("hello")
		require.NoError(t, err)
		if sync {
			require.NoError(t, f.Sync())
		}
		require.NoError(t, f.Close())
	}
	write("synced", true)
	write("forgotten", false)
	f, err := os.Open(dir)
	require.NoError(t, err)
	require.NoError(t, f.Sync())
	require.NoError(t, f.Close())
	write("nameless", true)
	require.Equal(t, map[string]int{"hello": 400}, outcomes(d, "synced"))
	require.NotZero(t, outcomes(d, "forgotten")[""])
	require.NotZero(t, outcomes(d, "nameless")["-"])

	err = os.WriteFile(filepath.Join(dir, "later"), nil, 0o600)
	require.ErrorIs(t, err, syscall.EIO)
}

// What SQLite keeps in its -shm file is memory that its connections share.
func TestMount_HasSharedMappings(t *testing.T) {
	needFUSE(t)
	d := New(nil)
	said := ""
	onDisk(t, d, func(line string) { said = line; d.Cut() }, envMap+"=1")
	require.Equal(t, "hello", said)
}

// mapTwice maps a file twice, writes into one mapping and says what is in the
// other. It is a process of its own, since one that waits for a page cannot
// also be the one that brings it.
func mapTwice(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var maps [2][]byte
	for i := range maps {
		f, err := os.OpenFile(filepath.Join(dir, "shm"), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		err = f.Truncate(4096)
		if err == nil {
			maps[i], err = syscall.Mmap(int(f.Fd()), 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	copy(maps[0], "hello")
	fmt.Println(string(maps[1][:5]))
	return nil
}

func TestDisk_GoesToADirectoryAndBack(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sub", "a"), []byte("hello"), 0o600))
	d, err := FromDir(dir, nil)
	require.NoError(t, err)
	d.Cut()
	d = d.Survivors(rand.New(rand.NewPCG(1, 0)), nil)
	out := t.TempDir()
	require.NoError(t, d.WriteTo(out))
	got, err := os.ReadFile(filepath.Join(out, "sub", "a"))
	require.NoError(t, err)
	require.Equal(t, "hello", string(got))
}
