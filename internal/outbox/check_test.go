package outbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// A colleague writes between our reading a field and our writing it. HubSpot
// cannot be asked to refuse that, so it is found afterwards, told, and undone
// with one click.
func TestR26_WhatSlippedInBetweenIsReportedAndCanBePutBack(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine", "lastname": "Fine"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.colleague(r, map[string]string{"firstname": "Theirs"}) }
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, "Mine", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])

	found, err := w.outbox.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, found)
	list, err := w.store.Overwritten(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	d := list[0].Overwrote
	require.Len(t, d, 1)
	require.Equal(t, "firstname", d[0].Field)
	require.Equal(t, "Theirs", d[0].Theirs)
	require.Equal(t, "Mine", d[0].Mine)
	require.Equal(t, "CRM_UI", d[0].Source)
	require.NotEmpty(t, d[0].Who)
	require.NotZero(t, d[0].When)

	before := w.portal.Stats().Requests["burst"]
	found, err = w.outbox.Check(t.Context())
	require.NoError(t, err)
	require.Zero(t, found)
	require.Equal(t, before, w.portal.Stats().Requests["burst"], "it is looked at once")

	back, err := w.store.ResolveOverwrite(t.Context(), op.ID, map[string]string{"firstname": "theirs"}, crm.At(w.clock))
	require.NoError(t, err)
	require.Equal(t, []crm.Field{{Name: "firstname", Base: "Mine", Value: "Theirs"}}, back.Fields)
	list, err = w.store.Overwritten(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
	w.flush()
	require.Equal(t, "Theirs", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
	require.Equal(t, "Fine", w.there(crm.Contacts, r.RemoteID, "lastname")["lastname"])
}

// The record is merged into another one before the comparison: its past is
// there.
func TestR26_WhatSlippedInBetweenIsReportedAfterAMerge(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	rs := w.some(crm.Deals, 2)
	r, other := rs[0], rs[1]
	op := w.edit(r, crm.Values{"dealname": "Mine"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.colleague(r, map[string]string{"dealname": "Theirs"}) }
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	_, err := w.portal.Merge("deals", string(r.RemoteID), string(other.RemoteID))
	require.NoError(t, err)
	found, err := w.outbox.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, found)
	require.Equal(t, "Theirs", w.op(op.ID).Overwrote[0].Theirs)
}

// What was put back is based on our value: whoever changed it since is asked.
func TestPutBack_IsAnEditLikeAnyOther(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.colleague(r, map[string]string{"firstname": "Theirs"}) }
	w.flush()
	_, err := w.outbox.Check(t.Context())
	require.NoError(t, err)
	_, err = w.store.ResolveOverwrite(t.Context(), op.ID, map[string]string{"lastname": "theirs"}, crm.At(w.clock))
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	_, err = w.store.ResolveOverwrite(t.Context(), op.ID, map[string]string{"firstname": "theirs"}, crm.At(w.clock))
	require.NoError(t, err)
	w.colleague(r, map[string]string{"firstname": "Later"})
	require.Equal(t, crm.FlushResult{Conflicts: 1}, w.flush())
	require.Equal(t, "Later", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
}

func TestKeepMine_EndsTheReportAndChangesNothing(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.colleague(r, map[string]string{"firstname": "Theirs"}) }
	w.flush()
	_, err := w.outbox.Check(t.Context())
	require.NoError(t, err)
	keep := map[string]string{"firstname": "mine"}
	back, err := w.store.ResolveOverwrite(t.Context(), op.ID, keep, crm.At(w.clock))
	require.NoError(t, err)
	require.Empty(t, back.State)
	_, err = w.store.ResolveOverwrite(t.Context(), op.ID, keep, crm.At(w.clock))
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	require.Equal(t, crm.FlushResult{}, w.flush())
}

// An update whose answer was lost, over a colleague's value that nobody saw, and
// under a later one: the later one stays, and the first is told.
func TestR26_WhatALostAnswerReplacedIsReported(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.colleague(r, map[string]string{"firstname": "Between"}) }
	w.fault("drop_after_apply", "POST", "/crm/**/batch/update", 1)
	_, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	w.colleague(r, map[string]string{"firstname": "Later"})
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, "Later", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
	_, err = w.outbox.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Between", w.op(op.ID).Overwrote[0].Theirs)
}

// The same, and a colleague archives the record: what was replaced is told once
// the rep has let go of the edit.
func TestUpdateAnswerLost_WhatItReplacedIsFoundOnAnArchivedRecord(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.colleague(r, map[string]string{"firstname": "Between"}) }
	w.fault("drop_after_apply", "POST", "/crm/**/batch/update", 1)
	_, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	require.NoError(t, w.portal.Archive("contacts", string(r.RemoteID)))
	require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
	_, err = w.outbox.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Between", w.op(op.ID).Overwrote[0].Theirs)
	require.NoError(t, w.store.Discard(t.Context(), op.ID, crm.At(w.clock)))
	list, err := w.store.Overwritten(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
}

// A colleague takes back what a lost answer had written: that is an edit, and
// it is not written over again.
func TestUpdateAnswerLost_TakenBackByAColleague(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "firstname")
	was := r.View()["firstname"]
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	w.fault("drop_after_apply", "POST", "/crm/**/batch/update", 1)
	_, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	w.colleague(r, map[string]string{"firstname": was})
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, was, w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
	require.Equal(t, crm.Acked, w.op(op.ID).State)
}

// The value is written twice, by an edit, and by the undo of a later one. What
// the first one replaced is told, although the second stands over it.
func TestR26_WhatSlippedInBetweenIsReportedWhenTheValueWasWrittenAgain(t *testing.T) {
	for name, lost := range map[string]bool{"answered": false, "answer lost": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Options{})
			r := w.first(crm.Contacts, "email")
			op := w.edit(r, crm.Values{"firstname": "Mine"})
			h := w.with(&hooked{}, w.store, &yes)
			h.onRead = func() { w.colleague(r, map[string]string{"firstname": "Theirs"}) }
			if lost {
				w.fault("drop_after_apply", "POST", "/crm/**/batch/update", 1)
			}
			w.flush()
			time.Sleep(2 * time.Millisecond) // HubSpot's stamps are in milliseconds
			second := w.edit(r, crm.Values{"firstname": "Later"})
			w.flush()
			time.Sleep(2 * time.Millisecond)
			_, err := w.store.Undo(t.Context(), second.ID, crm.At(w.clock))
			require.NoError(t, err)
			w.flush()
			require.Equal(t, "Mine", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])

			found, err := w.outbox.Check(t.Context())
			require.NoError(t, err)
			require.Equal(t, 1, found)
			require.Equal(t, "Theirs", w.op(op.ID).Overwrote[0].Theirs)
		})
	}
}
