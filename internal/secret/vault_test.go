package secret

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// quick is a work factor for tests that are not about the work.
const quick = 4

const horse = "correct horse battery staple"

func newFile(t *testing.T) *vault {
	t.Helper()
	v := newVault(filepath.Join(t.TempDir(), "sign-in.age"))
	v.work = quick
	return v
}

func TestR08_FileOpensWithItsPassphraseOnly(t *testing.T) {
	v := newFile(t)
	_, _, err := v.get("refresh")
	require.ErrorIs(t, err, ErrLocked)
	require.ErrorIs(t, v.set("refresh", canary), ErrLocked)
	require.ErrorIs(t, v.unlock("", nil, false), ErrPassphrase)
	require.False(t, v.made())
	require.NoError(t, v.unlock(horse, nil, false))
	require.NoError(t, v.set("refresh", canary))

	again := newVault(v.path)
	require.ErrorIs(t, again.unlock("wrong", nil, false), ErrPassphrase)
	_, _, err = again.get("refresh")
	require.ErrorIs(t, err, ErrLocked)
	require.NoError(t, again.unlock(horse, nil, false))
	got, found, err := again.get("refresh")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, canary, got)
}

// The file as it is made in earnest: age's format, at least 2^18 of work, for
// its owner only, and no word of what is in it.
func TestR08_FileIsSealed(t *testing.T) {
	v := newVault(filepath.Join(t.TempDir(), "sign-in.age"))
	require.NoError(t, v.unlock(horse, map[string]string{"refresh": canary}, false))
	b, err := os.ReadFile(v.path)
	require.NoError(t, err)
	lines := strings.SplitN(string(b), "\n", 3)
	require.Equal(t, "age-encryption.org/v1", lines[0])
	stanza := strings.Fields(lines[1])
	require.Equal(t, []string{"->", "scrypt"}, stanza[:2])
	require.Equal(t, "18", stanza[3])
	for _, word := range []string{canary, "refresh", horse} {
		require.NotContains(t, string(b), word)
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(v.path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	_, err = os.Stat(v.path + newSuffix)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// A damaged file is not an empty one, and is replaced only when that is asked.
func TestR08_DamagedFileIsLeftAlone(t *testing.T) {
	v := newFile(t)
	require.NoError(t, v.unlock(horse, map[string]string{"refresh": canary}, false))
	b, err := os.ReadFile(v.path)
	require.NoError(t, err)
	for name, damage := range map[string][]byte{"empty": {}, "cut": b[:len(b)-9], "flipped": append(append([]byte{}, b[:len(b)-9]...), "xxxxxxxxx"...)} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(v.path, damage, 0o600))
			w := newVault(v.path)
			w.work = quick
			require.ErrorIs(t, w.unlock(horse, map[string]string{"refresh": "other"}, false), ErrFile)
			now, err := os.ReadFile(v.path)
			require.NoError(t, err)
			require.Equal(t, string(damage), string(now))
			require.NoError(t, w.unlock("another passphrase", map[string]string{"refresh": "other"}, true))
			got, _, err := w.get("refresh")
			require.NoError(t, err)
			require.Equal(t, "other", got)
		})
	}
}

var errCut = errors.New("the power is cut")

// power is a disk on which the power is cut at a step: what was not synced by
// then is gone, and a name that was not synced is either.
type power struct {
	osDisk
	cutAt    int
	keepName bool // an unsynced rename outlives the cut
	step     int
	loose    map[string]bool // files with content that was not synced
	undo     []func()        // renames that were not synced
	t        *testing.T
}

func (p *power) next() error {
	p.step++
	if p.step < p.cutAt {
		return nil
	}
	if p.step == p.cutAt {
		for name := range p.loose {
			require.NoError(p.t, os.Truncate(name, 0))
		}
		for _, f := range p.undo {
			if !p.keepName {
				f()
			}
		}
	}
	return errCut
}

func (p *power) Create(name string) (diskFile, error) {
	if err := p.next(); err != nil {
		return nil, err
	}
	f, err := p.osDisk.Create(name)
	p.loose[name] = true
	return &powerFile{f, p, name}, err
}

func (p *power) Rename(from, to string) error {
	if err := p.next(); err != nil {
		return err
	}
	old, err := os.ReadFile(to)
	require.NoError(p.t, err)
	fresh, err := os.ReadFile(from)
	require.NoError(p.t, err)
	p.undo = append(p.undo, func() {
		require.NoError(p.t, os.WriteFile(to, old, 0o600))
		require.NoError(p.t, os.WriteFile(from, fresh, 0o600))
	})
	if p.loose[from] {
		delete(p.loose, from)
		p.loose[to] = true
	}
	return p.osDisk.Rename(from, to)
}

func (p *power) SyncDir(name string) error {
	if err := p.next(); err != nil {
		return err
	}
	p.undo = nil
	return p.osDisk.SyncDir(name)
}

type powerFile struct {
	diskFile
	p    *power
	name string
}

func (f *powerFile) Write(b []byte) (int, error) {
	if err := f.p.next(); err != nil {
		n, _ := f.diskFile.Write(b[:len(b)/2])
		return n, err
	}
	return f.diskFile.Write(b)
}

func (f *powerFile) Sync() error {
	if err := f.p.next(); err != nil {
		return err
	}
	delete(f.p.loose, f.name)
	return f.diskFile.Sync()
}

// Whenever the power is cut while a renewed token is written, the file opens
// afterwards and has the old token or the new one; once writing is said to be
// done it is the new one.
func TestR07_PowerCutAtEachWriteStep(t *testing.T) {
	for cut := 1; ; cut++ {
		done := false
		for _, keepName := range []bool{false, true} {
			v := newFile(t)
			require.NoError(t, v.unlock(horse, map[string]string{"refresh": "old"}, false))
			p := &power{cutAt: cut, keepName: keepName, loose: map[string]bool{}, t: t}
			v.disk = p
			err := v.set("refresh", canary)
			if err == nil {
				done = true
				p.cutAt = p.step + 1
				require.ErrorIs(t, p.next(), errCut) // right after it was said to be done
			} else {
				require.ErrorIs(t, err, ErrFile)
			}
			again := newVault(v.path)
			again.work = quick
			require.NoError(t, again.unlock(horse, nil, false), "cut at step %d", cut)
			got, found, getErr := again.get("refresh")
			require.NoError(t, getErr)
			require.True(t, found)
			if err == nil {
				require.Equal(t, canary, got)
			} else {
				require.Contains(t, []string{"old", canary}, got, "cut at step %d", cut)
			}
			require.NoError(t, again.set("refresh", "newer"), "what a cut left behind is not in the way")
			require.NoError(t, again.remove())
			left, err := os.ReadDir(filepath.Dir(v.path))
			require.NoError(t, err)
			require.Empty(t, left)
		}
		if done {
			require.Greater(t, cut, 4, "there were steps to cut")
			return
		}
	}
}

// A slow file is no reason to wait for the keychain.
func TestR08_FileDoesNotAskTheKeychain(t *testing.T) {
	c := &chain{hang: make(chan struct{})}
	defer close(c.hang)
	k := newKeeper(t, c, "default")
	k.file.work = quick
	start := time.Now()
	require.NoError(t, k.Choose(t.Context(), File, horse, false))
	where, err := k.Set(t.Context(), "refresh", canary)
	require.NoError(t, err)
	require.Equal(t, File, where)
	require.Less(t, time.Since(start), patience)
	require.Zero(t, c.count())
}
