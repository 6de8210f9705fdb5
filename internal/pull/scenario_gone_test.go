package pull_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// A record is archived in HubSpot: no stamp moves, and search does not return it
// any more. It leaves the lists, and an edit that waits is kept for the rep to
// decide.
func archivedLeaves(t *testing.T) {
	t.Helper()
	look(t, func(t *testing.T, look func(*world)) {
		t.Helper()
		w := swept(t, sandbox.Options{Contacts: 60})
		w.sweep()
		r := w.linked(5)
		op := w.pending(r, "jobtitle", "Mine")
		require.NoError(t, w.portal.Archive("contacts", string(r.RemoteID)))
		require.NoError(t, w.engine.Delta(t.Context()))
		require.True(t, w.listed(crm.Contacts, r.ID), "no delta shows it")

		look(w)
		require.False(t, w.listed(crm.Contacts, r.ID))
		w.same()
		gone := w.record(crm.Contacts, string(r.ID))
		require.True(t, gone.Archived)
		require.Equal(t, crm.BadgeGone, gone.Badge)
		require.Equal(t, "Mine", gone.View()["jobtitle"], "the edit is kept")
		require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
		require.Equal(t, crm.Parked, w.op(op.ID).State)
		require.NotEmpty(t, w.op(op.ID).Reason)
		w.same()
	})
}

// It is restored: it comes back as the record that it was, with its associations
// as seen from both ends.
func archivedReturns(t *testing.T) {
	t.Helper()
	look(t, func(t *testing.T, look func(*world)) {
		t.Helper()
		w := swept(t, sandbox.Options{Contacts: 60})
		w.sweep()
		r := w.linked(5)
		companies, _ := w.ends(r, crm.Companies)
		deals, _ := w.ends(r, crm.Deals)
		require.NoError(t, w.portal.Archive("contacts", string(r.RemoteID)))
		look(w)
		require.False(t, w.listed(crm.Contacts, r.ID))
		w.same()

		require.NoError(t, w.portal.Restore("contacts", string(r.RemoteID)))
		look(w)
		require.True(t, w.listed(crm.Contacts, r.ID))
		w.same()
		back := w.record(crm.Contacts, string(r.RemoteID))
		require.Equal(t, r.ID, back.ID, "it is the same record")
		require.Equal(t, crm.BadgeNone, back.Badge)
		again, known := w.ends(back, crm.Companies)
		require.True(t, known)
		require.ElementsMatch(t, companies, again)
		again, _ = w.ends(back, crm.Deals)
		require.ElementsMatch(t, deals, again)
		others, _ := w.ends(w.record(crm.Companies, string(companies[0])), crm.Contacts)
		require.Contains(t, others, r.RemoteID)
	})
}

// Two contacts are merged into a new one, and both old ids answer with it. Here
// they are one record with the edits, sent and waiting, of both.
func mergedContacts(t *testing.T) {
	t.Helper()
	look(t, func(t *testing.T, look func(*world)) {
		t.Helper()
		w := swept(t, sandbox.Options{Contacts: 60})
		w.sweep()
		n, err := w.store.Count(t.Context(), crm.Contacts)
		require.NoError(t, err)
		a, b := w.linked(5), w.linked(25)
		require.NotEqual(t, a.ID, b.ID)
		for _, r := range []crm.Record{a, b} { // alike where they are edited, so that no value of the two is lost by the merge
			w.edit(crm.Contacts, string(r.RemoteID), "jobtitle", "Before")
			w.edit(crm.Contacts, string(r.RemoteID), "city", "Before")
		}
		require.NoError(t, w.engine.Delta(t.Context()))
		sent := w.pending(b, "mobilephone", "+49 30 1234567")
		require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
		first, second := w.pending(a, "jobtitle", "Mine"), w.pending(b, "city", "Mine, too")
		into, err := w.portal.Merge("contacts", string(a.RemoteID), string(b.RemoteID))
		require.NoError(t, err)
		require.NotContains(t, []crm.RemoteID{a.RemoteID, b.RemoteID}, crm.RemoteID(into))

		look(w)
		w.same()
		one := w.record(crm.Contacts, into)
		for _, old := range []crm.LocalID{a.ID, b.ID} {
			require.Equal(t, one.ID, w.record(crm.Contacts, string(old)).ID, "it is found by what the rep had open")
		}
		now, err := w.store.Count(t.Context(), crm.Contacts)
		require.NoError(t, err)
		require.Equal(t, n-1, now, "no ghost, no duplicate")
		for _, op := range []crm.Op{sent, first, second} {
			require.Equal(t, one.ID, w.op(op.ID).Record)
		}
		require.Equal(t, crm.Acked, w.op(sent.ID).State)
		require.Equal(t, "Mine", one.View()["jobtitle"])
		require.Equal(t, "Mine, too", one.View()["city"])
		require.Equal(t, 2, w.flush().Acked)
		there, err := w.client.Get(t.Context(), crm.Contacts, crm.RemoteID(into), []string{"jobtitle", "city"})
		require.NoError(t, err)
		require.Equal(t, "Mine", there.Values["jobtitle"])
		require.Equal(t, "Mine, too", there.Values["city"])
		require.NoError(t, w.engine.Delta(t.Context()))
		w.same()
	})
}

// Contacts move to another company, and no stamp moves: the rep's own within the
// hour, everybody's within the day.
func associationOnlyChange(t *testing.T) {
	t.Helper()
	w := swept(t, sandbox.Options{Contacts: 60})
	w.sweep()
	require.NoError(t, w.engine.Delta(t.Context())) // so that nothing is due
	owners, err := w.store.Owners(t.Context())
	require.NoError(t, err)
	var mine, theirs crm.Record
	for i := range 60 {
		r := w.record(crm.Contacts, w.someID(crm.Contacts, i))
		if ids, _ := w.ends(r, crm.Companies); len(ids) == 0 {
			continue
		}
		if r.Base["hubspot_owner_id"] == string(owners[0].ID) {
			mine = r
		} else {
			theirs = r
		}
	}
	moved := map[crm.LocalID]crm.RemoteID{}
	for _, r := range []crm.Record{mine, theirs} {
		require.NotEmpty(t, r.ID)
		old, _ := w.ends(r, crm.Companies)
		to := crm.RemoteID(w.someID(crm.Companies, 0))
		if to == old[0] {
			to = crm.RemoteID(w.someID(crm.Companies, 1))
		}
		pairs := []crm.Pair{}
		for _, id := range old {
			pairs = append(pairs, crm.Pair{FromID: r.RemoteID, ToID: id})
		}
		require.NoError(t, w.client.Detach(t.Context(), crm.Contacts, crm.Companies, pairs))
		w.associate(crm.Contacts, r.RemoteID, crm.Companies, string(to))
		moved[r.ID] = to
	}
	follows := func(r crm.Record) bool {
		ids, known := w.ends(r, crm.Companies)
		require.True(t, known)
		require.Len(t, ids, 1)
		return ids[0] == moved[r.ID]
	}
	w.portal.Advance(time.Minute)
	require.NoError(t, w.engine.Delta(t.Context()))
	require.False(t, follows(mine), "no stamp moved")

	w.portal.Advance(time.Hour)
	w.sweep()
	require.True(t, follows(mine))
	require.False(t, follows(theirs), "that is for the day's round")

	w.portal.Advance(24 * time.Hour)
	w.sweep()
	require.True(t, follows(theirs))
	w.same()
	company := w.record(crm.Companies, string(moved[theirs.ID]))
	contacts, _ := w.ends(company, crm.Contacts)
	require.Contains(t, contacts, theirs.RemoteID, "as seen from the other end")
}
