package secret

import (
	"context"
	"errors"
	"net"
	"os"
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

func newKeeper(t *testing.T, c *chain, profile string) *Keeper {
	t.Helper()
	return New(c, "satchel", profile, filepath.Join(t.TempDir(), "sign-in.age"))
}

func TestKeeper_KeepsInTheKeychain(t *testing.T) {
	c := &chain{}
	k := newKeeper(t, c, "default")
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
	require.NoError(t, k.Wipe(t.Context(), "refresh"))

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

	require.NoError(t, k.Wipe(t.Context(), "refresh"))
	_, _, found, err = k.Get(t.Context(), "refresh")
	require.NoError(t, err)
	require.False(t, found)
}

func TestKeeper_ProfilesAreStrangers(t *testing.T) {
	c := &chain{}
	_, err := newKeeper(t, c, "one").Set(t.Context(), "refresh", canary)
	require.NoError(t, err)
	_, _, found, err := newKeeper(t, c, "two").Get(t.Context(), "refresh")
	require.NoError(t, err)
	require.False(t, found)
}

func TestR08_RefusalIsNotEmptiness(t *testing.T) {
	c := &chain{err: errors.New("failed to unlock correct collection")}
	k := newKeeper(t, c, "default")
	_, _, found, err := k.Get(t.Context(), "refresh")
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "unlock")
	require.False(t, found)
	where, err := k.Set(t.Context(), "refresh", canary)
	require.ErrorIs(t, err, ErrUnavailable, "it is not put elsewhere")
	require.Equal(t, Nowhere, where)
	_, _, found, err = k.Get(t.Context(), "refresh")
	require.ErrorIs(t, err, ErrUnavailable)
	require.False(t, found)
	require.ErrorIs(t, k.Check(t.Context()), ErrUnavailable)
	require.ErrorIs(t, k.Choose(t.Context(), Keychain, "", false), ErrUnavailable)
	require.ErrorIs(t, k.Wipe(t.Context(), "refresh"), ErrUnavailable)
}

// A sign-in that the keychain refused goes along to the place that the rep
// chooses instead.
func TestR08_ChosenPlaceGetsWhatTheKeychainRefused(t *testing.T) {
	for _, place := range []Place{Memory, File} {
		t.Run(string(place), func(t *testing.T) {
			c := &chain{}
			k := newKeeper(t, c, "default")
			k.file.work = quick
			_, err := k.Set(t.Context(), "refresh", "old")
			require.NoError(t, err)
			c.err = errors.New("locked")
			_, err = k.Set(t.Context(), "refresh", canary)
			require.ErrorIs(t, err, ErrUnavailable)
			require.NoError(t, k.Choose(t.Context(), place, "correct horse", false))
			require.Equal(t, place, k.Place())
			got, where, found, err := k.Get(t.Context(), "refresh")
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, place, where)
			require.Equal(t, canary, got)
		})
	}
}

// Moving leaves nothing behind.
func TestR08_MovingToTheFileEmptiesTheKeychain(t *testing.T) {
	c := &chain{}
	k := newKeeper(t, c, "default")
	k.file.work = quick
	_, err := k.Set(t.Context(), "refresh", canary)
	require.NoError(t, err)
	require.NoError(t, k.Choose(t.Context(), File, "correct horse", false))
	require.NoError(t, k.Leave(t.Context(), Keychain, "refresh"))
	require.Empty(t, c.items)
	require.NoError(t, k.Choose(t.Context(), Keychain, "", false))
	require.NoError(t, k.Leave(t.Context(), File))
	require.False(t, k.Made())
	require.Equal(t, map[string]string{"satchel:default/refresh": canary}, c.items)
}

func TestR08_HangingKeychainCostsThreeSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chain{hang: make(chan struct{})}
		k := newKeeper(t, c, "default")
		start := time.Now()
		_, _, _, err := k.Get(t.Context(), "refresh")
		require.ErrorIs(t, err, ErrUnavailable)
		require.Equal(t, patience, time.Since(start))

		where, err := k.Set(t.Context(), "refresh", canary)
		require.ErrorIs(t, err, ErrUnavailable)
		require.Equal(t, Nowhere, where)
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
		k := newKeeper(t, c, "default")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		where, err := k.Set(ctx, "refresh", canary)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, Nowhere, where)
		require.Equal(t, time.Second, time.Since(start))
		_, _, _, err = k.Get(ctx, "refresh")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, k.Wipe(ctx, "refresh"), context.DeadlineExceeded)
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
