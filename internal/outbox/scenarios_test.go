package outbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// Named cases in which other connectors lost, doubled or stalled writes.
func TestScenario(t *testing.T) {
	for name, holds := range map[string]func(*testing.T){
		"create_answer_lost": createAnswerLost, "create_twice_offline": createTwiceOffline, "update_answer_lost": updateAnswerLost,
		"field_conflict": fieldConflict, "disjoint_fields": disjointFields, "same_value": sameValue,
		"partial_batch_207": partialBatch, "poison_row": poisonRow, "archived_under_edit": archivedUnderEdit,
		"merged_under_edit": mergedUnderEdit, "create_then_associate": createThenAssociate, "edit_while_sending": editWhileSending,
		"undo_before_send": undoBeforeSend, "undo_after_send": undoAfterSend, "undo_archive": undoArchive,
		"no_unique_property": noUniqueProperty, "stuck_upload": stuckUpload, "colleague_uses_satchel_too": colleagueUsesSatchelToo,
		"captive_portal": captivePortal, "batch_history_cap": batchHistoryCap, "own_echo": ownEcho, "one_bad_stops_all": oneBadStopsAll,
		"enum_removed": enumRemoved, "property_deleted": propertyDeleted, "read_only_now": readOnlyNow,
		"import_beside_typing": importBesideTyping, "note_answer_lost": noteAnswerLost,
	} {
		t.Run(name, holds)
	}
}

// some are the first n records of a type.
func (w *world) some(typ crm.ObjectType, n int) []crm.Record {
	w.t.Helper()
	page, err := w.store.List(w.t.Context(), crm.ListQuery{Type: typ, Limit: n, Sort: crm.Sort{Prop: crm.SortTitle}})
	require.NoError(w.t, err)
	require.Len(w.t, page.Records, n)
	return page.Records
}

// call calls the portal's API as somebody else with the same app.
func (w *world) call(method, path, body string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://localhost"+path, strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.portal.Credentials().Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := w.portal.RoundTripper().RoundTrip(req)
	require.NoError(w.t, err)
	require.NoError(w.t, res.Body.Close())
	require.Less(w.t, res.StatusCode, 300, "%s %s", method, path)
}

// 3 of 100 rows fail: 97 are acknowledged, 3 parked with what is wrong.
func partialBatch(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{Contacts: 110})
	var bad []crm.OpID
	for i, r := range w.some(crm.Contacts, 100) {
		v := crm.Values{"jobtitle": fmt.Sprintf("Officer %d", i)}
		if i%40 == 5 {
			v = crm.Values{"lifecyclestage": "no such stage"}
		}
		op := w.edit(r, v)
		if i%40 == 5 {
			bad = append(bad, op.ID)
		}
	}
	require.Len(t, bad, 3)
	require.Equal(t, crm.FlushResult{Acked: 97, Parked: 3}, w.flush())
	for _, id := range bad {
		require.Equal(t, crm.Parked, w.op(id).State)
		require.Contains(t, strings.ToLower(w.op(id).Reason), "lifecycle")
	}
}

func undoBeforeSend(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "firstname")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	before := w.portal.Stats().Requests["burst"]
	_, err := w.store.Undo(t.Context(), op.Group, crm.At(w.clock))
	require.NoError(t, err)
	require.Equal(t, r.View(), w.record(crm.Contacts, r.ID).View())
	require.Equal(t, crm.FlushResult{}, w.flush())
	require.Equal(t, before, w.portal.Stats().Requests["burst"])
}

// Undone afterwards, the old value comes back only where ours still is.
func undoAfterSend(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	list := w.some(crm.Contacts, 2)
	var ops []crm.Op
	for _, r := range list {
		ops = append(ops, w.edit(r, crm.Values{"jobtitle": "Mine"}))
	}
	w.flush()
	w.colleague(list[1], map[string]string{"jobtitle": "Theirs"})
	for _, op := range ops {
		_, err := w.store.Undo(t.Context(), op.Group, crm.At(w.clock))
		require.NoError(t, err)
	}
	require.Equal(t, crm.FlushResult{Acked: 1, Conflicts: 1}, w.flush())
	require.Equal(t, list[0].View()["jobtitle"], w.there(crm.Contacts, list[0].RemoteID, "jobtitle")["jobtitle"])
	require.Equal(t, "Theirs", w.there(crm.Contacts, list[1].RemoteID, "jobtitle")["jobtitle"])
}

// An archive is free to undo while it waits, and afterwards says plainly that
// HubSpot's API cannot.
func undoArchive(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	list := w.some(crm.Contacts, 2)
	var ops []crm.Op
	for _, r := range list {
		out, err := w.store.Enqueue(t.Context(), []crm.Op{{Kind: crm.OpArchive, Type: r.Type, Record: r.ID, Made: crm.At(w.clock), NextAt: crm.At(w.clock) + 30_000}}, nil)
		require.NoError(t, err)
		ops = append(ops, out[0])
		require.True(t, w.record(crm.Contacts, r.ID).Archived)
	}
	_, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	_, err = w.store.Undo(t.Context(), ops[0].Group, crm.At(w.clock))
	require.NoError(t, err)
	require.False(t, w.record(crm.Contacts, list[0].ID).Archived)
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	_, err = w.store.Undo(t.Context(), ops[1].Group, crm.At(w.clock))
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "90 days")
	w.there(crm.Contacts, list[0].RemoteID, "email")
}

// Offline, online, offline during a flush, the network dies in a body: nothing
// stays on its way for ever.
func stuckUpload(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	list := w.some(crm.Contacts, 6)
	for i, kind := range []string{"unreachable", "reset", "truncate", "drop_before_apply", "drop_after_apply", "html"} {
		op := w.edit(list[i], crm.Values{"jobtitle": "After " + kind})
		w.portal.ClearFaults()
		w.fault(kind, "POST", "/crm/**/batch/update", 2)
		if _, err := w.outbox.Flush(t.Context()); err != nil {
			require.Equal(t, crm.Offline, crm.KindOf(err))
		}
		require.NotEqual(t, crm.Sending, w.op(op.ID).State, kind)
		w.portal.ClearFaults()
		w.flush()
		require.Equal(t, crm.Acked, w.op(op.ID).State, kind)
		require.Equal(t, "After "+kind, w.there(crm.Contacts, list[i].RemoteID, "jobtitle")["jobtitle"])
	}
}

// A colleague's edit through the same app has our source id, and is a conflict
// like any other.
func colleagueUsesSatchelToo(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	w.call("PATCH", "/crm/objects/2026-09/contacts/"+string(r.RemoteID), `{"properties":{"firstname":"Theirs"}}`)
	require.Equal(t, crm.FlushResult{Conflicts: 1}, w.flush())
	require.Equal(t, "INTEGRATION", w.op(op.ID).Disputes[0].Source)
	require.Equal(t, "Theirs", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
}

// A hotel's Wi-Fi answers with its own page: offline, never signed out, never
// "not found".
func captivePortal(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	w.fault("html", "", "", 0)
	_, err := w.outbox.Flush(t.Context())
	require.Equal(t, crm.Offline, crm.KindOf(err), "%v", err)
	require.Contains(t, []crm.OpState{crm.Queued, crm.RetryWait}, w.op(op.ID).State)
	require.Zero(t, w.op(op.ID).Attempts)
	w.portal.ClearFaults()
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
}

// Conflicts on a hundred records: their history is read fifty at a time.
func batchHistoryCap(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{Contacts: 110})
	list := w.some(crm.Contacts, 100)
	for _, r := range list {
		w.edit(r, crm.Values{"jobtitle": "Mine"})
		w.colleague(r, map[string]string{"jobtitle": "Theirs"})
	}
	before := w.portal.Stats().Requests["burst"]
	require.Equal(t, crm.FlushResult{Conflicts: 100}, w.flush())
	require.EqualValues(t, 3, w.portal.Stats().Requests["burst"]-before, "one read, two of history")
	ops, err := w.store.Unfinished(t.Context())
	require.NoError(t, err)
	for _, op := range ops {
		require.NotEmpty(t, op.Disputes[0].Who)
	}
}

func oneBadStopsAll(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{Contacts: 80})
	for i := range 68 {
		v := crm.Values{"email": fmt.Sprintf("new-%d@bulk.example", i)}
		if i == 41 {
			v = crm.Values{"email": "no address"}
		}
		w.create(crm.Contacts, v)
	}
	require.Equal(t, crm.FlushResult{Acked: 67, Parked: 1}, w.flush())
}

// The portal's schema changes while an edit waits: it is parked with the reason,
// and can be edited and sent.
func enumRemoved(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	const def = `{"name":"mood","label":"Mood","groupName":"contactinformation","type":"enumeration","fieldType":"select","options":[%s{"label":"B","value":"b","displayOrder":1}]}`
	w.call("POST", "/crm/properties/2026-09/contacts", fmt.Sprintf(def, `{"label":"A","value":"a","displayOrder":0},`))
	require.NoError(t, w.pull.Schema(t.Context()))
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"mood": "a"})
	w.call("PATCH", "/crm/properties/2026-09/contacts/mood", `{"options":[{"label":"B","value":"b","displayOrder":1}]}`)
	require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
	require.NotEmpty(t, w.op(op.ID).Reason)
	require.Equal(t, "a", w.record(crm.Contacts, r.ID).View()["mood"], "it is kept here")
	w.edit(w.record(crm.Contacts, r.ID), crm.Values{"mood": "b"})
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, "b", w.there(crm.Contacts, r.RemoteID, "mood")["mood"])
}

func propertyDeleted(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	w.call("POST", "/crm/properties/2026-09/contacts", `{"name":"shoe","label":"Shoe","groupName":"contactinformation","type":"string","fieldType":"text"}`)
	require.NoError(t, w.pull.Schema(t.Context()))
	list := w.some(crm.Contacts, 2)
	op := w.edit(list[0], crm.Values{"shoe": "43"})
	w.edit(list[1], crm.Values{"jobtitle": "Goes out"})
	w.call("DELETE", "/crm/properties/2026-09/contacts/shoe", "")
	require.Equal(t, crm.FlushResult{Acked: 1, Parked: 1}, w.flush())
	require.Equal(t, crm.Parked, w.op(op.ID).State)
	require.NotEmpty(t, w.op(op.ID).Reason)
	require.NoError(t, w.store.Discard(t.Context(), op.ID, crm.At(w.clock)))
}

func readOnlyNow(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"hs_object_id": "7", "jobtitle": "Kept"}) // as if it had been writable when it was edited
	require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
	require.Equal(t, crm.Parked, w.op(op.ID).State)
	require.Contains(t, strings.ToLower(w.op(op.ID).Reason), "read")
}

// A bulk edit of many rows runs while the rep edits one deal: that one does not
// wait for the others.
func importBesideTyping(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{Contacts: 1200})
	var bulk []crm.Op
	for i, r := range w.some(crm.Contacts, 1000) {
		bulk = append(bulk, crm.Op{Kind: crm.OpUpdate, Type: r.Type, Record: r.ID, Fields: []crm.Field{{Name: "jobtitle", Value: fmt.Sprintf("Bulk %d", i)}}, Made: crm.At(w.clock)})
	}
	_, err := w.store.Enqueue(t.Context(), bulk, nil)
	require.NoError(t, err)
	one := w.edit(w.first(crm.Deals, "dealname"), crm.Values{"dealname": "At once"})
	before := w.portal.Stats().Requests["burst"]
	require.Equal(t, crm.FlushResult{Acked: 1001}, w.flush())
	require.LessOrEqual(t, w.portal.Stats().Requests["burst"]-before, int64(22), "ten reads, ten writes, and the one deal's")
	require.Equal(t, crm.Acked, w.op(one.ID).State)
	var writes []string // the newest first
	for _, r := range w.portal.Requests(0) {
		if strings.HasSuffix(r.Path, "/batch/update") {
			writes = append(writes, r.Path)
		}
	}
	require.Len(t, writes, 11)
	require.Contains(t, writes[10], "/deals/", "it went out before the thousand")
}
