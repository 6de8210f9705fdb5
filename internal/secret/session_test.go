package secret

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"

	"satchel/internal/sessiontest"
)

// inSession runs the test that calls it again in a session of its own; see
// sessiontest. No file there may hold the secret afterwards.
func inSession(t *testing.T, session sessiontest.Session) bool {
	t.Helper()
	in, home := sessiontest.Run(t, session)
	if in {
		return true
	}
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

// withKeyring is a session with an unlocked keyring.
var withKeyring = sessiontest.Session{Shell: sessiontest.Keyring, Programs: []string{"gnome-keyring-daemon"}}

func here(t *testing.T) *Keeper {
	t.Helper()
	return Open("satchel-test", "session", filepath.Join(os.Getenv("HOME"), "sign-in.age"))
}

func TestR08_UnlockedKeyringKeeps(t *testing.T) {
	if inSession(t, withKeyring) {
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
	if !inSession(t, withKeyring) {
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
	if inSession(t, sessiontest.Session{Programs: withKeyring.Programs}) {
		unusable(t)
	}
}

// A session bus on which nobody keeps secrets, or could be started to.
func TestR08_AbsentKeyringIsUnavailable(t *testing.T) {
	const bus = `<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
		<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
	file := filepath.Join(t.TempDir(), "bus.conf")
	require.NoError(t, os.WriteFile(file, []byte(bus), 0o600))
	if inSession(t, sessiontest.Session{Bus: []string{"--config-file=" + file}}) {
		unusable(t)
	}
}

// Somebody has the keychain's name and never answers.
func TestR08_HangingKeyringIsUnavailable(t *testing.T) {
	if !inSession(t, sessiontest.Session{}) {
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
