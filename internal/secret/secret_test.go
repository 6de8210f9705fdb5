package secret

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"
)

const canary = "canary-refresh-token-4711"

// chain is a keychain that can be made to hang or to refuse.
type chain struct {
	mu    sync.Mutex
	items map[string]string
	err   error
	hang  chan struct{} // calls wait until it is closed; nil to answer at once
	calls int
}

func (c *chain) enter() error {
	c.mu.Lock()
	c.calls++
	hang, err := c.hang, c.err
	c.mu.Unlock()
	if hang != nil {
		<-hang
	}
	return err
}

func (c *chain) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

func (c *chain) Get(service, user string) (string, error) {
	if err := c.enter(); err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.items[service+":"+user]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return value, nil
}

func (c *chain) Set(service, user, value string) error {
	if err := c.enter(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.items == nil {
		c.items = map[string]string{}
	}
	c.items[service+":"+user] = value
	return nil
}

func (c *chain) Delete(service, user string) error {
	if err := c.enter(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.items[service+":"+user]; !ok {
		return keyring.ErrNotFound
	}
	delete(c.items, service+":"+user)
	return nil
}

func TestKeeper_KeepsInTheKeychain(t *testing.T) {
	c := &chain{}
	k := New(c, "satchel", "default")
	roundTrip(t, k)
	require.Empty(t, c.items)
}

// roundTrip is what every keychain that works must do.
func roundTrip(t *testing.T, k *Keeper) {
	t.Helper()
	_, where, found, err := k.Get(t.Context(), "refresh")
	require.NoError(t, err)
	require.False(t, found)
	require.Equal(t, Nowhere, where)
	require.NoError(t, k.Delete(t.Context(), "refresh"))

	for _, value := range []string{canary, canary + " ü€😀 '\"\\"} {
		where, err = k.Set(t.Context(), "refresh", value)
		require.NoError(t, err)
		require.Equal(t, Keychain, where)
		got, where, found, err := k.Get(t.Context(), "refresh")
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, Keychain, where)
		require.Equal(t, value, got)
	}
	_, _, found, err = k.Get(t.Context(), "other")
	require.NoError(t, err)
	require.False(t, found)

	require.NoError(t, k.Delete(t.Context(), "refresh"))
	_, _, found, err = k.Get(t.Context(), "refresh")
	require.NoError(t, err)
	require.False(t, found)
}

func TestKeeper_ProfilesAreStrangers(t *testing.T) {
	c := &chain{}
	_, err := New(c, "satchel", "one").Set(t.Context(), "refresh", canary)
	require.NoError(t, err)
	_, _, found, err := New(c, "satchel", "two").Get(t.Context(), "refresh")
	require.NoError(t, err)
	require.False(t, found)
}

func TestKeeper_RefusalIsNotEmptiness(t *testing.T) {
	c := &chain{err: errors.New("failed to unlock correct collection")}
	k := New(c, "satchel", "default")
	_, _, found, err := k.Get(t.Context(), "refresh")
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "unlock")
	require.False(t, found)
	require.ErrorIs(t, k.Delete(t.Context(), "refresh"), ErrUnavailable)

	where, err := k.Set(t.Context(), "refresh", canary)
	require.NoError(t, err)
	require.Equal(t, Memory, where)
	got, where, found, err := k.Get(t.Context(), "refresh")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, Memory, where)
	require.Equal(t, canary, got)

	require.ErrorIs(t, k.Delete(t.Context(), "refresh"), ErrUnavailable)
	_, _, found, _ = k.Get(t.Context(), "refresh")
	require.False(t, found, "it is gone from memory although the keychain could not be asked")
}

func TestKeeper_HangingKeychainCostsThreeSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chain{hang: make(chan struct{})}
		k := New(c, "satchel", "default")
		start := time.Now()
		_, _, _, err := k.Get(t.Context(), "refresh")
		require.ErrorIs(t, err, ErrUnavailable)
		require.Equal(t, patience, time.Since(start))

		where, err := k.Set(t.Context(), "refresh", canary)
		require.NoError(t, err)
		require.Equal(t, Memory, where)
		require.Equal(t, 2*patience, time.Since(start))
		require.Equal(t, 1, c.count(), "calls pile up behind one that hangs")

		close(c.hang) // the rep typed the password
		synctest.Wait()
		where, err = k.Set(t.Context(), "refresh", canary)
		require.NoError(t, err)
		require.Equal(t, Keychain, where)
		_, where, _, err = k.Get(t.Context(), "refresh")
		require.NoError(t, err)
		require.Equal(t, Keychain, where)
	})
}

func TestKeeper_StopsWaitingWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chain{hang: make(chan struct{})}
		defer close(c.hang)
		k := New(c, "satchel", "default")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		where, err := k.Set(ctx, "refresh", canary)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, Nowhere, where)
		require.Equal(t, time.Second, time.Since(start))
		_, _, _, err = k.Get(ctx, "refresh")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, k.Delete(ctx, "refresh"), context.DeadlineExceeded)
	})
}

func TestReachable(t *testing.T) {
	dir := t.TempDir()
	if len(dir) > 90 { // the length of a socket's name is limited
		dir = "."
		t.Chdir(t.TempDir())
	}
	l, err := net.Listen("unix", filepath.Join(dir, "bus"))
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	file := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(file, "bus"), nil, 0o600))
	for _, test := range []struct {
		name, goos string
		env        map[string]string
		want       bool
	}{
		{"macOS needs none", "darwin", nil, true},
		{"Windows needs none", "windows", nil, true},
		{"nothing set", "linux", nil, false},
		{"address", "linux", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}, true},
		{"address that starts a daemon", "linux", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "autolaunch:", "XDG_RUNTIME_DIR": dir}, false},
		{"socket", "linux", map[string]string{"XDG_RUNTIME_DIR": dir}, true},
		{"no socket", "freebsd", map[string]string{"XDG_RUNTIME_DIR": t.TempDir()}, false},
		{"a file in its place", "linux", map[string]string{"XDG_RUNTIME_DIR": file}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, reachable(test.goos, func(name string) string { return test.env[name] }))
		})
	}
}

// Without a session bus nothing is asked and no daemon is started.
func TestOpen_WithoutASessionKeepsInMemory(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	k := Open("satchel-test", "none")
	_, _, _, err := k.Get(t.Context(), "refresh")
	if !errors.Is(err, ErrUnavailable) {
		t.Skip("skipped: this system's keychain needs no session bus")
	}
	where, err := k.Set(t.Context(), "refresh", canary)
	require.NoError(t, err)
	require.Equal(t, Memory, where)
	require.ErrorIs(t, k.Delete(t.Context(), "refresh"), ErrUnavailable)
}

// inside is set in the processes that inSession starts.
const inside = "SATCHEL_TEST_IN_SESSION"

// inSession runs the test that calls it again, in a process of its own with a
// fresh session bus and home, after a line of shell. It answers true in there.
func inSession(t *testing.T, shell string, programs ...string) bool {
	t.Helper()
	if os.Getenv(inside) != "" {
		return true
	}
	for _, program := range append(programs, "dbus-run-session", "sh") {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped: %s is not installed", program)
		}
	}
	home := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "dbus-run-session", "--", "sh", "-c", shell+` exec "$0" -test.run "^$1\$" -test.v`, os.Args[0], t.Name())
	cmd.Env = append(os.Environ(), inside+"=1", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_RUNTIME_DIR="+home)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name(), "%s", out)

	require.NoError(t, filepath.WalkDir(home, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		require.NotContains(t, string(text), canary, name)
		return err
	}))
	return false
}

func TestOpen_UnlockedKeyring(t *testing.T) {
	if inSession(t, `printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1;`, "gnome-keyring-daemon") {
		roundTrip(t, Open("satchel-test", "session"))
	}
}

// A session whose keyring is locked, with nobody there to type a password, or
// that has no keyring at all, must not cost more than the patience.
func TestOpen_LockedKeyring(t *testing.T) {
	if !inSession(t, "", "dbus-daemon") {
		return
	}
	k := Open("satchel-test", "session")
	start := time.Now()
	where, err := k.Set(t.Context(), "refresh", canary)
	require.NoError(t, err)
	require.Equal(t, Memory, where)
	require.Less(t, time.Since(start), patience+time.Second)
}
