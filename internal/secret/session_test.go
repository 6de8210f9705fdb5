package secret

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
)

// inside is set in the processes that inSession starts.
const inside = "SATCHEL_TEST_IN_SESSION"

// inSession runs the test that calls it again, in a process of its own with a
// fresh session bus and home, after a line of shell. It answers true in there.
func inSession(t *testing.T, shell string, programs ...string) bool {
	t.Helper()
	return inSessionOf(t, nil, shell, programs...)
}

// inSessionOf is inSession with a bus of another kind.
func inSessionOf(t *testing.T, bus []string, shell string, programs ...string) bool {
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
	cmd := exec.CommandContext(ctx, "dbus-run-session", append(bus, "--", "sh", "-c", shell+` exec "$0" -test.run "^$1\$" -test.v`, os.Args[0], t.Name())...)
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

func here(t *testing.T) *Keeper {
	t.Helper()
	return Open("satchel-test", "session", filepath.Join(os.Getenv("HOME"), "sign-in.age"))
}

func TestR08_UnlockedKeyringKeeps(t *testing.T) {
	if inSession(t, `printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1;`, "gnome-keyring-daemon") {
		roundTrip(t, here(t))
	}
}

// unusable is what every keychain that cannot be used must come to: an error in
// time, and a sign-in that is where the rep then says and nowhere else.
func unusable(t *testing.T) {
	t.Helper()
	k := here(t)
	start := time.Now()
	_, _, found, err := k.Get(t.Context(), "refresh")
	require.ErrorIs(t, err, ErrUnavailable)
	require.False(t, found)
	require.Less(t, time.Since(start), patience+time.Second)

	start = time.Now()
	where, err := k.Set(t.Context(), "refresh", canary)
	require.ErrorIs(t, err, ErrUnavailable)
	require.Equal(t, Nowhere, where)
	require.Less(t, time.Since(start), patience+time.Second)
	require.ErrorIs(t, k.Check(t.Context()), ErrUnavailable)

	k.file.work = quick
	require.NoError(t, k.Choose(t.Context(), File, "correct horse", false))
	got, where, _, err := k.Get(t.Context(), "refresh")
	require.NoError(t, err)
	require.Equal(t, File, where)
	require.Equal(t, canary, got)
}

// A keyring that is there and was locked, with nobody to type its password.
func TestR08_LockedKeyringIsUnavailable(t *testing.T) {
	if !inSession(t, `printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1;`, "gnome-keyring-daemon") {
		return
	}
	_, err := here(t).Set(t.Context(), "refresh", "from before")
	require.NoError(t, err)
	conn, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	require.NoError(t, conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.Secret.Service.Lock", 0,
		[]dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}).Err)
	unusable(t)
}

// A keyring that was never given its password.
func TestR08_KeyringWithoutPasswordIsUnavailable(t *testing.T) {
	if inSession(t, "", "gnome-keyring-daemon") {
		unusable(t)
	}
}

// A session bus on which nobody keeps secrets, or could be started to.
func TestR08_AbsentKeyringIsUnavailable(t *testing.T) {
	const bus = `<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
		<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
	file := filepath.Join(t.TempDir(), "bus.conf")
	require.NoError(t, os.WriteFile(file, []byte(bus), 0o600))
	if inSessionOf(t, []string{"--config-file=" + file}, "") {
		unusable(t)
	}
}

// Somebody has the keychain's name and never answers.
func TestR08_HangingKeyringIsUnavailable(t *testing.T) {
	if !inSession(t, "") {
		return
	}
	conn, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	got, err := conn.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, got)
	calls := make(chan *dbus.Message, 100)
	conn.Eavesdrop(calls) // takes every call and answers none
	unusable(t)
	require.NotEmpty(t, calls, "it was asked")
}

// Without a session bus nothing is asked and no daemon is started.
func TestR08_NoSessionBusIsUnavailable(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	if reachable(runtime.GOOS, os.Getenv) {
		t.Skip("skipped: this system's keychain needs no session bus")
	}
	_, _, _, err := here(t).Get(t.Context(), "refresh")
	require.ErrorIs(t, err, errNoSession, "the library was not asked")
	unusable(t)
}
