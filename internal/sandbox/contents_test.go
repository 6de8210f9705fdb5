package sandbox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What the tables hold is what the API shows.
func TestContents_AreWhatTheAPIShows(t *testing.T) {
	a := open(t, func(o *Options) { o.Contacts = 20 })
	all, err := a.p.Contents("contacts")
	require.NoError(t, err)
	require.Len(t, all, 20)
	c := all[0]
	shown := a.do(200, "GET", "/crm/objects/2026-03/contacts/"+c.ID+"?properties=firstname,email", "")
	require.Equal(t, c.Values["email"], shown.str("properties", "email"))
	var company Linked
	for _, c := range all {
		if len(c.Links) > 0 && c.Links[0].Type == "companies" {
			company = c.Links[0]
			require.NoError(t, a.p.Dissociate(Link{Type: "contacts", ID: text(c.ID), ToType: "companies", ToID: text(company.ID)}))
			break
		}
	}
	require.NotEmpty(t, company.ID)
	require.NoError(t, a.p.Archive("contacts", c.ID))
	id, err := a.p.Merge("contacts", all[1].ID, all[2].ID)
	require.NoError(t, err)
	now, err := a.p.Contents("contacts")
	require.NoError(t, err)
	require.Len(t, now, 19, "two became one")
	require.True(t, now[0].Archived)
	require.Empty(t, now[0].Links)
	require.Equal(t, id, now[18].ID)
	require.Equal(t, []string{all[1].ID, all[2].ID}, now[18].Merged)
	_, err = a.p.Contents("nothings")
	require.Error(t, err)

	require.NoError(t, a.p.DefineProperty("contacts", NewProperty{Name: "mine", Label: "Mine", Group: "contactinformation", Options: []string{"x", "y"}}))
	require.NoError(t, a.p.MarkSensitive("contacts", "mine", "sensitive"))
	defs, err := a.p.Definitions("contacts")
	require.NoError(t, err)
	require.Contains(t, defs, Definition{
		Name: "mine", Label: "Mine", Group: "contactinformation", Type: "enumeration", Field: "select", Sensitivity: "sensitive", Options: []string{"x", "y"},
	})
	require.NoError(t, a.p.RenameStage("deals", "closedwon", "Won"))
	require.Contains(t, a.p.Stages("deals"), Stage{"default", "closedwon", "Won"})
	require.Error(t, a.p.RenameStage("deals", "nowhere", "Won"))
	people := a.p.People()
	require.NoError(t, a.p.ArchiveOwner(people[4].ID))
	require.True(t, a.p.People()[4].Archived)
}
