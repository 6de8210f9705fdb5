package outbox_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/outbox"
	"satchel/internal/sandbox"
)

// decided is the world with the rep's policies in force.
func (w *world) decided(policies map[string]crm.Policy) {
	w.t.Helper()
	for prop, p := range policies {
		require.NoError(w.t, w.store.SetPolicy(w.t.Context(), crm.PropertyPolicy{Type: crm.Contacts, Property: prop, Policy: p}))
	}
	w.outbox = outbox.New(outbox.Options{
		Queue: w.store, Remote: w.hub, Clock: func() time.Time { return w.clock }, Policies: w.store.PoliciesOf,
		Keyed: func(context.Context, crm.ObjectType) (bool, error) { return true, nil },
	})
}

// Conflicts of properties that the rep has decided once are not asked about;
// the receipt says what became of them, and what was replaced.
func TestPolicies_DecideWithoutAsking(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	w.decided(map[string]crm.Policy{"firstname": crm.Mine, "lastname": crm.Theirs, "jobtitle": crm.Workflows})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine", "lastname": "Mine", "jobtitle": "Mine"})
	w.colleague(r, map[string]string{"firstname": "Theirs", "lastname": "Theirs", "jobtitle": "Theirs"})
	require.Equal(t, crm.FlushResult{Conflicts: 1}, w.flush())
	there := w.there(crm.Contacts, r.RemoteID, "firstname", "lastname", "jobtitle")
	require.Equal(t, "Mine", there["firstname"])
	require.Equal(t, "Theirs", there["lastname"])
	require.Equal(t, "Theirs", there["jobtitle"], "a person wrote it, and no workflow: that is asked")
	require.Len(t, w.op(op.ID).Disputes, 1)
	view := w.record(crm.Contacts, r.ID).View()
	require.Equal(t, "Theirs", view["lastname"])
	require.Equal(t, "Mine", view["jobtitle"])

	require.NoError(t, w.store.Resolve(t.Context(), op.ID, map[string]string{"jobtitle": "theirs"}, crm.At(w.clock)))
	w.flush()
	_, err := w.outbox.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, w.op(op.ID).Overwrote, "what the rep has decided is not told as unseen")
	sent := w.op(op.ID).Fields
	i := slices.IndexFunc(sent, func(f crm.Field) bool { return f.Name == "firstname" })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, "Theirs", sent[i].Base, "the receipt has what was replaced")
	require.NotZero(t, sent[i].Stamp)

	_, err = w.store.Undo(t.Context(), op.Group, crm.At(w.clock))
	require.NoError(t, err)
	w.flush()
	require.Equal(t, "Theirs", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
	require.Equal(t, "Theirs", w.there(crm.Contacts, r.RemoteID, "lastname")["lastname"])
}

// An edit of which nothing is left is over, and says why.
func TestPolicies_TheirsEndsAnEdit(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	w.decided(map[string]crm.Policy{"lastname": crm.Theirs})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"lastname": "Mine"})
	w.colleague(r, map[string]string{"lastname": "Theirs"})
	require.Zero(t, w.flush().Conflicts)
	got := w.op(op.ID)
	require.Equal(t, crm.Discarded, got.State)
	require.Contains(t, got.Reason, "as you have decided")
	require.Equal(t, "Theirs", w.record(crm.Contacts, r.ID).View()["lastname"])
	require.Equal(t, "Theirs", w.there(crm.Contacts, r.RemoteID, "lastname")["lastname"])
}

// Both sides add to a property that takes several values: both additions are
// there, nobody is asked, and undo takes back ours alone.
func TestSeveralValues_AreMerged(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	w.call("POST", "/crm/properties/2026-03/contacts", `{"name":"topics","label":"Topics","type":"enumeration","fieldType":"checkbox",
		"groupName":"contactinformation","options":[{"label":"A","value":"a"},{"label":"B","value":"b"},{"label":"C","value":"c"},{"label":"D","value":"d"}]}`)
	require.NoError(t, w.pull.Schema(t.Context()))
	r := w.first(crm.Contacts, "email")
	w.colleague(r, map[string]string{"topics": "a;d"})
	require.NoError(t, w.pull.Full(t.Context()))
	r = w.record(crm.Contacts, r.ID)
	require.Equal(t, "a;d", r.Base["topics"])
	op := w.edit(r, crm.Values{"topics": "a;b"})
	w.colleague(r, map[string]string{"topics": "a;d;c"})
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, "a;c;b", w.there(crm.Contacts, r.RemoteID, "topics")["topics"])
	require.Equal(t, "a;c;b", w.record(crm.Contacts, r.ID).View()["topics"])
	found, err := w.outbox.Check(t.Context())
	require.NoError(t, err)
	require.Zero(t, found)
	_, err = w.store.Undo(t.Context(), op.Group, crm.At(w.clock))
	require.NoError(t, err)
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
}
