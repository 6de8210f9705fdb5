package boot_test

import (
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/sandbox"
	"satchel/internal/sessiontest"
	"satchel/internal/store"
	"satchel/internal/wire"
)

const passphrase = "correct horse battery staple"

// mentions are the files below a directory that hold one of the words.
func mentions(t *testing.T, dir string, words ...string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		for _, w := range words {
			if strings.Contains(string(text), w) {
				out = append(out, filepath.Base(name)+": "+w)
			}
		}
		return err
	}))
	return out
}

// inSession runs the test that calls it again in a session of its own; see
// sessiontest.
func inSession(t *testing.T, s sessiontest.Session) bool {
	t.Helper()
	in, _ := sessiontest.Run(t, s)
	return in
}

// withKeyring is a session with an unlocked keyring.
var withKeyring = sessiontest.Session{Shell: sessiontest.Keyring, Programs: []string{"gnome-keyring-daemon"}}

// A sign-in kept in the keychain, and a start while the keychain hangs: the
// window's data is there within three seconds, what is wrong is said, nothing is
// taken for gone, and each way out works.
func TestR08_HangingKeychainAtStart(t *testing.T) {
	if !inSession(t, sessiontest.Session{}) {
		return
	}
	conn, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = conn.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	conn.Eavesdrop(make(chan *dbus.Message, 1000)) // takes every call and answers none

	p := portal(t, 1)
	dir := t.TempDir()
	signedIn(t, dir, p, "file")
	rewrite(t, dir, "keychain") // as if it had been kept there
	start := time.Now()
	r := newRep(t, dir, p, "")
	s, err := r.face.State()
	require.NoError(t, err)
	require.Less(t, time.Since(start), 3*time.Second)
	require.Equal(t, "unavailable", s.KeepState)
	require.Contains(t, s.KeepProblem, "try again")
	require.True(t, s.Connected, "the records are here")
	require.False(t, s.NeedsSignIn, "the sign-in is not taken for gone")
	_, err = r.node.Sync(t.Context(), false)
	require.Equal(t, crm.Unauthorized, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "keychain")

	_, err = r.face.Keep(wire.KeepRequest{Place: "keychain"})
	require.Equal(t, crm.Storage, crm.KindOf(err), "it still hangs")
	_, err = r.face.Connect(wire.ConnectRequest{})
	require.Equal(t, crm.Storage, crm.KindOf(err), "no sign-in is begun that could not be kept")

	s, err = r.face.Keep(wire.KeepRequest{Place: "memory"})
	require.NoError(t, err)
	require.Empty(t, s.KeepState)
	require.True(t, s.NeedsSignIn)
	alone.Lock()
	defer alone.Unlock()
	require.Equal(t, "connected", r.connect().Outcome)
	s, err = r.face.State()
	require.NoError(t, err)
	require.Equal(t, "memory", s.KeptIn)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
}

// The keychain is locked under a running program, and HubSpot replaces the
// refresh token: it is not used before it is kept, the rep is asked, and the
// place that is chosen then has the new one.
func TestR08_KeychainLockedWhileRunning(t *testing.T) {
	if !inSession(t, withKeyring) {
		return
	}
	p := portal(t, 1)
	on := true
	require.NoError(t, p.SetSettings(sandbox.SettingsChange{RotateRefresh: &on}))
	dir := t.TempDir()
	signedIn(t, dir, p, "keychain")
	r := newRep(t, dir, p, "")
	_, err := r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	conn, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	require.NoError(t, conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.Secret.Service.Lock", 0,
		[]dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}).Err)
	p.ExpireTokens()
	_, err = r.node.Sync(t.Context(), false)
	require.Equal(t, crm.Storage, crm.KindOf(err))
	s, err := r.face.State()
	require.NoError(t, err)
	require.Equal(t, "unavailable", s.KeepState)
	s, err = r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
	require.NoError(t, err)
	require.Equal(t, "file", s.KeptIn)
	require.Empty(t, s.KeepState)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	require.NoError(t, r.node.Close())

	r.open("")
	_, err = r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
	require.NoError(t, err)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err, "the new token is the one that is kept")
}

// signedIn leaves a data directory with a connection behind.
func signedIn(t *testing.T, dir string, p *sandbox.Portal, keep string) {
	t.Helper()
	alone.Lock()
	defer alone.Unlock()
	r := newRep(t, dir, p, keep)
	if keep == "file" {
		_, err := r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
		require.NoError(t, err)
	}
	require.Equal(t, "connected", r.connect().Outcome)
	s, err := r.face.State()
	require.NoError(t, err)
	require.Equal(t, keep, s.KeptIn)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	require.NoError(t, r.node.Close())
}

// rewrite changes the record of where the sign-in is kept.
func rewrite(t *testing.T, dir, place string) {
	t.Helper()
	s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, s.SetSetting(t.Context(), "kept_in", place))
	require.NoError(t, s.Close())
}

// The keychain keeps the sign-in over a restart, says so, and forgets it when the
// rep disconnects.
func TestR09_KeychainIsEmptyAfterDisconnecting(t *testing.T) {
	if !inSession(t, withKeyring) {
		return
	}
	p := portal(t, 1)
	dir := t.TempDir()
	signedIn(t, dir, p, "keychain")
	r := newRep(t, dir, p, "")
	s, err := r.face.State()
	require.NoError(t, err)
	require.Equal(t, "keychain", s.KeptIn)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err, "the sign-in outlived the program")
	require.NotEmpty(t, items(t))
	require.NoError(t, r.face.Disconnect(wire.DisconnectRequest{}))
	require.Empty(t, items(t))
}

// items are the secrets of any service that are in the session's keychain.
func items(t *testing.T) []dbus.ObjectPath {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	var open, locked []dbus.ObjectPath
	require.NoError(t, conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").
		Call("org.freedesktop.Secret.Service.SearchItems", 0, map[string]string{"service": "satchel"}).Store(&open, &locked))
	return append(open, locked...)
}

// Where there is no keychain nothing is begun, and the encrypted file holds the
// sign-in over restarts once the rep has chosen it: no file has it in the clear.
func TestR08_FileHoldsTheSignInAndNoFileHasItInTheClear(t *testing.T) {
	keyring.MockInitWithError(keyring.ErrUnsupportedPlatform)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	p := portal(t, 1)
	dir := t.TempDir()
	r := newRep(t, dir, p, "")
	_, err := r.face.ConnectToken(p.Credentials().Token)
	require.Equal(t, crm.Storage, crm.KindOf(err))
	s, err := r.face.State()
	require.NoError(t, err)
	require.Equal(t, "unavailable", s.KeepState)
	require.False(t, s.Connected)
	s, err = r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
	require.NoError(t, err)
	require.Equal(t, "file", s.KeepIn)
	alone.Lock()
	require.Equal(t, "connected", r.connect().Outcome)
	alone.Unlock()
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	require.NoError(t, r.node.Close())

	start := time.Now()
	r.open("")
	s, err = r.face.State()
	require.NoError(t, err)
	require.Less(t, time.Since(start), 3*time.Second)
	require.Equal(t, "locked", s.KeepState)
	require.True(t, s.Connected)
	require.False(t, s.NeedsSignIn)
	_, err = r.node.Sync(t.Context(), false)
	require.Equal(t, crm.Unauthorized, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "passphrase")
	_, err = r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: "wrong"})
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	s, err = r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
	require.NoError(t, err)
	require.Empty(t, s.KeepState)
	require.Equal(t, "file", s.KeptIn)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	require.NoError(t, r.node.Close())

	key := filepath.Join(t.TempDir(), "passphrase")
	require.NoError(t, os.WriteFile(key, []byte(passphrase+"\n"), 0o600))
	r.open("", func(c *config.Config) { c.PassphraseFile = key })
	s, err = r.face.State()
	require.NoError(t, err)
	require.Equal(t, "file", s.KeptIn, "opened with SATCHEL_PASSPHRASE_FILE")
	k := p.Credentials()
	require.Empty(t, mentions(t, dir, k.ClientSecret, "na1-"), "no refresh token and no client secret in the clear")
}

// The new refresh token is on the disk before the access token that came with it
// is used: whenever the program dies after that, the next one starts from the
// new token.
func TestR07_RenewedTokenIsDurableBeforeItIsUsed(t *testing.T) {
	p := portal(t, 1)
	on := true
	require.NoError(t, p.SetSettings(sandbox.SettingsChange{RotateRefresh: &on}))
	dir := t.TempDir()
	signedIn(t, dir, p, "file")
	p.ExpireTokens()
	r := newRep(t, dir, p, "")
	before := sealed(t, dir)
	renewed, used, crashed := false, false, ""
	r.hub.set(func(req *http.Request) *http.Response {
		switch {
		case strings.HasSuffix(req.URL.Path, "/token"):
			renewed = true
		case renewed && !used: // the first use of the new access token
			used = true
			crashed = sealed(t, dir)
		}
		return nil
	}, nil)
	_, err := r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
	require.NoError(t, err)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	require.True(t, used)
	require.NoError(t, r.node.Close())

	// What was on the disk at that moment is all that is left after a crash.
	require.NotEqual(t, before, crashed)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sign-in.age"), []byte(crashed), 0o600))
	r.hub.set(nil, nil)
	r.open("")
	_, err = r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
	require.NoError(t, err)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err, "HubSpot takes the new token only, and it is there")
}

func sealed(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "sign-in.age"))
	require.NoError(t, err)
	return string(b)
}

// Disconnecting leaves nothing behind: no file has a canary of any kind, HubSpot
// takes the refresh token no more, and the encrypted file is gone.
func TestR09_DisconnectingLeavesNoTrace(t *testing.T) {
	p := portal(t, 1)
	var canary sandbox.Change
	require.NoError(t, json.Unmarshal([]byte(`{"type":"contacts","properties":{"firstname":"Canaryfirst","lastname":"Canarylast","email":"canary@canary.example"}}`), &canary))
	_, err := p.Create(canary)
	require.NoError(t, err)
	dir := t.TempDir()
	r := newRep(t, dir, p, "file")
	_, err = r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
	require.NoError(t, err)
	alone.Lock()
	require.Equal(t, "connected", r.connect().Outcome)
	alone.Unlock()
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	_, err = faceOf[recordsFace](t, r.node).Create(wire.CreateRequest{Type: "companies", Values: map[string]string{"name": "Canarycompany"}})
	require.NoError(t, err)
	canaries := []string{"Canaryfirst", "Canarylast", "canary@canary", "Canarycompany", "na1-", p.Credentials().ClientSecret}
	require.NotEmpty(t, mentions(t, dir, canaries[:4]...), "the grep can find one")
	revoked := 0
	r.hub.set(func(req *http.Request) *http.Response {
		if strings.HasSuffix(req.URL.Path, "/revoke") {
			revoked++
		}
		return nil
	}, nil)
	require.NoError(t, r.face.Disconnect(wire.DisconnectRequest{DiscardEdits: true}))
	require.Equal(t, 1, revoked)
	require.Empty(t, mentions(t, dir, canaries...))
	_, err = os.Stat(filepath.Join(dir, "sign-in.age"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, r.node.Close())
	require.Empty(t, mentions(t, dir, canaries...))
}
