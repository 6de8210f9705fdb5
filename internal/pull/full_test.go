package pull_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// Ids that are here and nowhere in HubSpot, not even in the archived lists.
func TestFull_IdsThatAreNoMore(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 60})
	w.fill()
	_, err := w.store.Apply(t.Context(), crm.Pulled{Type: crm.Deals, Records: []crm.RemoteRecord{{
		Type: crm.Deals, ID: "99999999999", Values: crm.Values{"dealname": "Ghost"}, Created: 1, Modified: 1,
	}}})
	require.NoError(t, err)
	require.NoError(t, w.engine.Full(t.Context()))
	w.equal()
}

func TestFull_KilledAnywhereIsFinishedByBackfill(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 60})
	w.fill()
	gone := w.someID(crm.Deals, 3)
	require.NoError(t, w.portal.Archive("deals", gone))
	_, err := w.store.Apply(t.Context(), crm.Pulled{Type: crm.Deals, Records: []crm.RemoteRecord{{
		Type: crm.Deals, ID: "99999999999", Values: crm.Values{"dealname": "Ghost"}, Created: 1, Modified: 1,
	}}})
	require.NoError(t, err)

	w.restart(serial{&dying{w.store, 3}, make(chan struct{}, 1)}, nil)
	require.ErrorIs(t, w.engine.Full(t.Context()), errKilled)
	for lives := 0; ; lives++ {
		w.restart(serial{&dying{w.store, 2}, make(chan struct{}, 1)}, nil)
		done, err := w.engine.Complete(t.Context())
		require.NoError(t, err)
		require.False(t, done)
		if err = w.engine.Backfill(t.Context()); err == nil {
			break
		}
		require.ErrorIs(t, err, errKilled)
		require.Less(t, lives, 100)
	}
	w.equal()
	done, err := w.engine.Complete(t.Context())
	require.NoError(t, err)
	require.True(t, done)
}

func TestReread_FindsWhatDeltasCannot(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 60})
	w.fill()
	ids := make([]string, 5)
	for i := range ids {
		ids[i] = w.someID(crm.Contacts, i*3)
	}
	archived, moved, a, b := ids[0], ids[1], ids[2], ids[3]
	require.NoError(t, w.portal.Archive("contacts", archived))
	merged, err := w.portal.Merge("contacts", a, b)
	require.NoError(t, err)
	w.associate(crm.Contacts, crm.RemoteID(moved), crm.Companies, w.someID(crm.Companies, 2))
	fresh := w.create(crm.Contacts, crm.Values{"email": "new@example.com"})
	w.topics.take()

	require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, []crm.RemoteID{
		crm.RemoteID(archived), crm.RemoteID(moved), crm.RemoteID(a), crm.RemoteID(b), fresh,
	}))
	w.equal(crm.Contacts)
	require.Equal(t, "new@example.com", w.value(crm.Contacts, string(fresh), "email"))
	_, err = w.store.Record(t.Context(), crm.Contacts, merged)
	require.NoError(t, err)
	require.Positive(t, w.topics.take()[crm.ListTopic(crm.Contacts)])

	require.NoError(t, w.portal.Restore("contacts", archived))
	require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, []crm.RemoteID{crm.RemoteID(archived)}))
	w.equal(crm.Contacts)

	w.topics.take()
	require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, []crm.RemoteID{crm.RemoteID(archived), crm.RemoteID(moved)}))
	require.Empty(t, w.topics.take(), "nothing is new")
}
