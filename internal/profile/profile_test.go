package profile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/profile"
)

func TestCheck_TakesOnlyNamesThatAreSafeEverywhere(t *testing.T) {
	for _, name := range []string{"acme", "Acme-2", "_x", "7", strings.Repeat("a", 32), "COM", "COM10", "mainland"} {
		require.NoError(t, profile.Check(name), name)
	}
	for _, name := range []string{
		"", ".", "..", "a/b", `a\b`, "a b", "a.b", "-a", "--yes", "é", "ａ", "a\x00", "a\n", strings.Repeat("a", 33),
		"main", "MAIN", "con", "Nul", "COM1", "lpt9", ".removed-a", "a:b", "a*",
	} {
		err := profile.Check(name)
		require.Equal(t, crm.Invalid, crm.KindOf(err), "%q", name)
		require.Contains(t, crm.Message(err), "Nothing was changed.", "%q", name)
	}
}

func TestAdd_GivesEachAPlaceAndAColourOfItsOwn(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	root := filepath.Join(t.TempDir(), "not", "there yet")
	all, err := profile.List(root)
	require.NoError(t, err)
	require.Equal(t, []profile.Profile{{Dir: root, Colour: "blue"}}, all)

	seen := map[profile.Colour]bool{"blue": true}
	for _, name := range []string{"b", "A", "c", "d", "e", "f", "g"} {
		p, err := profile.Add(root, name, "")
		require.NoError(t, err)
		require.Equal(t, filepath.Join(root, "profiles", name), p.Dir)
		require.False(t, seen[p.Colour], "%s has a colour of another", name)
		seen[p.Colour] = true
	}
	require.Len(t, seen, len(profile.Colours()))
	more, err := profile.Add(root, "more", "")
	require.NoError(t, err)
	require.NoError(t, profile.CheckColour(more.Colour))

	for _, name := range []string{"a", "B", "b"} {
		_, err = profile.Add(root, name, "")
		require.Equal(t, crm.Conflict, crm.KindOf(err), name)
	}
	_, err = profile.Add(root, "new", "pink")
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	all, err = profile.List(root)
	require.NoError(t, err)
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
	}
	require.Equal(t, []string{"", "A", "b", "c", "d", "e", "f", "g", "more"}, names)
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, name)
		return nil
	}))
}

// Of many who make the same profile at once, in whatever case, one does.
func TestAdd_OnlyOneMakesAName(t *testing.T) {
	root := t.TempDir()
	var made atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := profile.Add(root, "same", "")
			if err == nil {
				made.Add(1)
			} else if crm.KindOf(err) != crm.Conflict {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Equal(t, int32(1), made.Load())
}

func TestFind_MindsNoCaseAndMakesNothing(t *testing.T) {
	root := t.TempDir()
	_, err := profile.Add(root, "Acme", "red")
	require.NoError(t, err)
	for _, name := range []string{"Acme", "acme", "ACME"} {
		p, err := profile.Find(root, name)
		require.NoError(t, err)
		require.Equal(t, profile.Profile{Name: "Acme", Dir: filepath.Join(root, "profiles", "Acme"), Colour: "red", Chosen: true}, p)
	}
	for _, name := range []string{"", "main", "Main"} {
		p, err := profile.Find(root, name)
		require.NoError(t, err)
		require.Equal(t, root, p.Dir)
		require.Equal(t, "Main", p.Label())
	}
	_, err = profile.Find(root, "acmee")
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "satchel profiles add acmee")
	_, err = profile.Find(root, "../acme")
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	entries, err := os.ReadDir(filepath.Join(root, "profiles"))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestSetColour_IsKeptAndMovesNobodyElse(t *testing.T) {
	root := t.TempDir()
	_, err := profile.Add(root, "a", "")
	require.NoError(t, err)
	_, err = profile.SetColour(root, "A", "teal")
	require.NoError(t, err)
	_, err = profile.SetColour(root, "", "slate")
	require.NoError(t, err)
	_, err = profile.SetColour(root, "a", "pink")
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	_, err = profile.SetColour(root, "b", "red")
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	require.NoError(t, os.WriteFile(filepath.Join(root, "profiles", "a", "profile.json.1.new"), []byte("half"), 0o600))
	all, err := profile.List(root)
	require.NoError(t, err)
	require.Equal(t, profile.Colour("slate"), all[0].Colour)
	require.Equal(t, profile.Colour("teal"), all[1].Colour)

	// What somebody broke by hand costs the colour, not the profile.
	for _, text := range []string{"", "{", "[]", `{"colour":7}`, `{"colour":"pink"}`} {
		require.NoError(t, os.WriteFile(filepath.Join(all[1].Dir, "profile.json"), []byte(text), 0o600))
		p, err := profile.Find(root, "a")
		require.NoError(t, err, text)
		require.Equal(t, profile.Colour("blue"), p.Colour, text)
		require.False(t, p.Chosen)
	}
}

func TestRemove_TakesEverythingAndNothingElse(t *testing.T) {
	root := t.TempDir()
	free := func(string) (bool, error) { return false, nil }
	a, err := profile.Add(root, "a", "")
	require.NoError(t, err)
	b, err := profile.Add(root, "b", "")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(a.Dir, "logs"), 0o700))
	main, err := profile.Find(root, "")
	require.NoError(t, err)
	require.Equal(t, crm.Invalid, crm.KindOf(profile.Remove(main, free)))

	err = profile.Remove(a, func(string) (bool, error) { return true, nil })
	require.Equal(t, crm.InUse, crm.KindOf(err))
	require.DirExists(t, filepath.Join(a.Dir, "logs"))
	err = profile.Remove(a, func(string) (bool, error) { return false, fs.ErrPermission })
	require.Equal(t, crm.Storage, crm.KindOf(err))
	require.DirExists(t, filepath.Join(a.Dir, "logs"))

	require.NoError(t, profile.Remove(a, free))
	entries, err := os.ReadDir(filepath.Join(root, "profiles"))
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.DirExists(t, b.Dir)
}

func TestNote_IsReadAsItWasWritten(t *testing.T) {
	dir := t.TempDir()
	n, err := profile.ReadNote(dir)
	require.NoError(t, err)
	require.Zero(t, n)
	want := profile.Note{PortalID: "7", PortalName: "Ærø", Kind: "oauth", Unsent: 3, Open: true}
	require.NoError(t, profile.WriteNote(dir, want))
	n, err = profile.ReadNote(dir)
	require.NoError(t, err)
	require.Equal(t, want, n)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	info, err := entries[0].Info()
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	require.Equal(t, crm.Storage, crm.KindOf(profile.WriteNote(filepath.Join(dir, "no"), want)))
}
