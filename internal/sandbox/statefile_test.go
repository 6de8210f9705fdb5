package sandbox

import (
	"bytes"
	"encoding/gob"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// What cannot be loaded is said in a sentence, and stays as it is.
func TestState_RefusedFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "portal.state")
	a := open(t, func(o *Options) { o.StateFile = file })
	a.contact(`{}`)
	require.NoError(t, a.p.Close())
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	var newer bytes.Buffer
	require.NoError(t, gob.NewEncoder(&newer).Encode(struct {
		Version int
		Tables  map[string]int // another type than today's
	}{stateVersion + 1, map[string]int{"contacts": 1}}))
	for name, one := range map[string]struct {
		raw  []byte
		want string
	}{
		"truncated": {good[:len(good)-100], "damaged or not a portal's state"},
		"empty":     {nil, "damaged or not a portal's state"},
		"foreign":   {[]byte(`{"not":"ours"}`), "damaged or not a portal's state"},
		"newer":     {newer.Bytes(), "made by another version"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, one.raw, 0o600))
			_, err := Open(Options{StateFile: file})
			require.ErrorContains(t, err, one.want)
			require.ErrorContains(t, err, file)
			left, err := os.ReadFile(file)
			require.NoError(t, err)
			require.True(t, bytes.Equal(one.raw, left))
		})
	}
}

// A place where nothing can be saved is told at the start, not hours later.
func TestState_NoSuchFolder(t *testing.T) {
	_, err := Open(Options{Contacts: 1, StateFile: filepath.Join(t.TempDir(), "no", "portal.state")})
	require.ErrorContains(t, err, "save portal")
}

// A portal that was killed while it saved leaves a part of a file, which the
// next one clears away; other files beside the state are nobody's business.
func TestState_KilledWhileSaving(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "portal.state")
	half, other := file+savingMark+"123", file+".bak"
	for _, name := range []string{half, other} {
		require.NoError(t, os.WriteFile(name, []byte("x"), 0o600))
	}
	a := open(t, func(o *Options) { o.StateFile = file })
	require.NoFileExists(t, half)
	require.FileExists(t, other)
	require.NoError(t, a.p.Close())
	require.FileExists(t, file)
}

// Whoever closed a portal may give its file to another one: nothing is written
// behind their back.
func TestState_NothingIsSavedAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "portal.state")
		p, err := Open(Options{Contacts: 1, StateFile: file})
		require.NoError(t, err)
		_, err = p.GrantFor("")
		require.NoError(t, err)
		require.NoError(t, p.Close())
		require.NoError(t, p.Close(), "twice is not an error")
		require.NoError(t, os.Remove(file))
		require.NoError(t, p.saveLater())
		_, err = p.GrantFor("")
		require.NoError(t, err)
		time.Sleep(2 * saveDelay)
		synctest.Wait()
		require.NoFileExists(t, file)
	})
}
