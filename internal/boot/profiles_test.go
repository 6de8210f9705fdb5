package boot_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/profile"
	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

type profilesFace interface {
	List() (wire.Profiles, error)
	Add(r wire.ProfileRequest) (wire.Profiles, error)
	SetColour(r wire.ProfileRequest) (wire.Profiles, error)
	Open(name string) error
}

// openProfile opens a profile beside a portal.
func openProfile(t *testing.T, root, name string, p *sandbox.Portal) *boot.Node {
	t.Helper()
	at, err := profile.Find(root, name)
	require.NoError(t, err)
	c := config.Defaults()
	c.DataDir, c.BaseURL, c.Browser, c.KeepIn = at.Dir, "http://localhost", config.NoBrowser, "memory"
	n, err := boot.Open(t.Context(), boot.Options{Config: c, Root: root, Profile: at.Name, Version: "test", Transport: p.RoundTripper()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	return n
}

// Two profiles run at once on two portals: what is written in one is in no file
// and no portal of the other, also not for a moment on its way.
func TestProfiles_AreNeverMixed(t *testing.T) {
	root := t.TempDir()
	_, err := profile.Add(root, "second", "")
	require.NoError(t, err)
	portals := []*sandbox.Portal{portal(t, 1), portal(t, 2)}
	canaries := []string{"Zanzibarina of the first", "Quentinette of the second"}
	nodes := make([]*boot.Node, 2)
	for i, name := range []string{"", "second"} {
		nodes[i] = openProfile(t, root, name, portals[i])
		_, err := faceOf[accountFace](t, nodes[i]).ConnectToken(portals[i].Credentials().Token)
		require.NoError(t, err)
		_, err = nodes[i].Sync(t.Context(), false)
		require.NoError(t, err)
	}
	before := []int64{portals[0].Stats().Records["companies"], portals[1].Stats().Records["companies"]}
	for i, n := range nodes {
		_, err := faceOf[recordsFace](t, n).Create(wire.CreateRequest{Type: "companies", Values: map[string]string{"name": canaries[i]}})
		require.NoError(t, err)
	}
	for i, n := range nodes {
		r, err := n.Sync(t.Context(), true)
		require.NoError(t, err)
		require.Equal(t, 1, r.Pushed.Acked)
		require.Equal(t, before[i]+1, portals[i].Stats().Records["companies"])
	}
	first, second := faceOf[accountFace](t, nodes[0]), faceOf[accountFace](t, nodes[1])
	a, err := first.State()
	require.NoError(t, err)
	b, err := second.State()
	require.NoError(t, err)
	require.NotEmpty(t, a.PortalID)
	require.NotEqual(t, a.PortalID, b.PortalID)

	_, err = second.ConnectToken(portals[0].Credentials().Token)
	require.Error(t, err, "the other portal's token is refused, also by its own profile's neighbour")
	for _, n := range nodes {
		require.NoError(t, n.Close())
	}
	below := filepath.Join(root, "profiles")
	require.NotEmpty(t, mentions(t, below, canaries[1]))
	require.Empty(t, mentions(t, below, canaries[0], a.PortalID))
	aside := filepath.Join(t.TempDir(), "aside")
	require.NoError(t, os.Rename(below, aside))
	require.NotEmpty(t, mentions(t, root, canaries[0]))
	require.Empty(t, mentions(t, root, canaries[1], b.PortalID))
}

// The list tells of the others without opening them: what they noted, and
// whether they run.
func TestProfiles_AreToldFromWhatTheyNoted(t *testing.T) {
	root := t.TempDir()
	p := portal(t, 1)
	n := openProfile(t, root, "", p)
	f := faceOf[profilesFace](t, n)
	all, err := f.List()
	require.NoError(t, err)
	require.False(t, all.Marked, "one alone stays quiet")
	require.Equal(t, "Satchel", n.Title(t.Context()))
	all, err = f.Add(wire.ProfileRequest{Name: "acme"})
	require.NoError(t, err)
	require.True(t, all.Marked)
	require.Len(t, all.Items, 2)
	require.True(t, all.Items[0].Running)
	require.False(t, all.Items[1].Running)
	require.NotEqual(t, all.Items[0].Colour, all.Items[1].Colour)

	other := openProfile(t, root, "ACME", p)
	_, err = faceOf[accountFace](t, other).ConnectToken(p.Credentials().Token)
	require.NoError(t, err)
	all, err = f.List()
	require.NoError(t, err)
	require.True(t, all.Items[1].Running)
	require.Equal(t, all.Items[1].PortalName+" – acme – Satchel", other.Title(t.Context()))
	_, err = other.Sync(t.Context(), false)
	require.NoError(t, err)
	_, err = faceOf[recordsFace](t, other).Create(wire.CreateRequest{Type: "companies", Values: map[string]string{"name": "Waits"}})
	require.NoError(t, err)
	require.NoError(t, other.Close())
	all, err = f.List()
	require.NoError(t, err)
	require.False(t, all.Items[1].Running)
	require.Equal(t, 1, all.Items[1].Unsent)
	require.NotEmpty(t, all.Items[1].PortalID)
	require.Equal(t, "token", all.Items[1].Kind)

	// One that came to a sudden end may have more than it noted.
	note, err := profile.ReadNote(all.Items[1].Dir)
	require.NoError(t, err)
	require.False(t, note.Open)
	note.Open = true
	require.NoError(t, profile.WriteNote(all.Items[1].Dir, note))
	all, err = f.List()
	require.NoError(t, err)
	require.Equal(t, -1, all.Items[1].Unsent)

	// Without a window another one is not opened, and the words say how.
	err = f.Open("acme")
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "satchel serve --profile acme")
	for _, name := range []string{"../x", "-x", "x y"} {
		require.Equal(t, crm.Invalid, crm.KindOf(f.Open(name)), name)
		_, err = f.SetColour(wire.ProfileRequest{Name: name, Colour: "red"})
		require.Equal(t, crm.Invalid, crm.KindOf(err), name)
		_, err = f.Add(wire.ProfileRequest{Name: name})
		require.Equal(t, crm.Invalid, crm.KindOf(err), name)
	}
	_, err = f.SetColour(wire.ProfileRequest{Name: "acme", Colour: "url(x)"})
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	require.Equal(t, crm.NotFound, crm.KindOf(f.Open("other")))
}

// After a disconnect the note says nothing of the portal any more.
func TestR09_TheNoteForgetsThePortalToo(t *testing.T) {
	p := portal(t, 1)
	dir := t.TempDir()
	n := openProfile(t, dir, "", p)
	f := faceOf[accountFace](t, n)
	_, err := f.ConnectToken(p.Credentials().Token)
	require.NoError(t, err)
	note, err := profile.ReadNote(dir)
	require.NoError(t, err)
	require.NotEmpty(t, note.PortalID)
	require.NoError(t, f.Disconnect(wire.DisconnectRequest{}))
	note, err = profile.ReadNote(dir)
	require.NoError(t, err)
	require.Equal(t, profile.Note{Open: true}, note)
}
