package pull_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
)

// A property that comes, or comes back, has values that no stamp tells of.
func TestRefill_BringsTheValuesOfANewProperty(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 60})
	shoes := sandbox.NewProperty{Name: "shoes", Label: "Shoes", Group: "contactinformation"}
	require.NoError(t, w.portal.DefineProperty("contacts", shoes))
	w.fill()
	ids := []string{w.someID(crm.Contacts, 3), w.someID(crm.Contacts, 50)}
	for _, id := range ids {
		w.edit(crm.Contacts, id, "shoes", "boots")
	}
	require.NoError(t, w.engine.Delta(t.Context()))
	require.Equal(t, "boots", w.value(crm.Contacts, ids[0], "shoes"))
	require.NoError(t, w.portal.ArchiveProperty("contacts", "shoes"))
	require.NoError(t, w.engine.Schema(t.Context()))
	require.Empty(t, w.value(crm.Contacts, ids[0], "shoes"), "its values go with it")

	require.NoError(t, w.portal.DefineProperty("contacts", shoes))
	require.NoError(t, w.engine.Schema(t.Context()))
	require.NoError(t, w.engine.Delta(t.Context()))
	require.Empty(t, w.value(crm.Contacts, ids[0], "shoes"), "a delta cannot know")
	require.Contains(t, w.cursor("refill/contacts"), `"shoes"`)
	for lives := 0; w.cursor("refill/contacts") != ""; lives++ { // one page in each life
		require.Less(t, lives, 20)
		w.restart(&dying{w.store, 1}, func(o *pull.Options) { o.Clock = w.portal.Now })
		s, err := w.engine.Sweep(t.Context())
		require.NoError(t, err)
		require.True(t, s.Found, "it hurries")
	}
	for _, id := range ids {
		require.Equal(t, "boots", w.value(crm.Contacts, id, "shoes"))
	}
	w.equal()
}
