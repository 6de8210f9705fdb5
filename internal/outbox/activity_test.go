package outbox_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// log queues an activity on a record.
func (w *world) log(typ, onType crm.ObjectType, on crm.LocalID, values crm.Values) crm.Op {
	w.t.Helper()
	v := crm.Values{crm.TimestampProperty: crm.FormatDateTime(w.clock)}
	maps.Copy(v, values)
	op := crm.Op{Kind: crm.OpCreate, Type: typ, Record: crm.NewLocalID(), To: onType, ToRecord: on, Made: crm.At(w.clock)}
	for _, p := range crm.ActivityProperties(typ) {
		if v[p.Name] != "" {
			op.Fields = append(op.Fields, crm.Field{Name: p.Name, Value: v[p.Name]})
		}
	}
	ops, err := w.store.Enqueue(w.t.Context(), []crm.Op{op}, nil)
	require.NoError(w.t, err)
	return ops[0]
}

// on are the ids of a record's activities of a type, as HubSpot says.
func (w *world) on(typ, onType crm.ObjectType, id crm.RemoteID) []crm.RemoteID {
	w.t.Helper()
	links, err := w.hub.Associations(w.t.Context(), onType, typ, []crm.RemoteID{id})
	require.NoError(w.t, err)
	return ends(links)
}

func sample(typ crm.ObjectType) crm.Values {
	return map[crm.ObjectType]crm.Values{
		crm.Notes:  {"hs_note_body": "Met at the fair"},
		crm.Calls:  {"hs_call_title": "Price", "hs_call_body": "Too high", "hs_call_duration": "60000", "hs_call_direction": "OUTBOUND", "hs_call_status": "COMPLETED"},
		crm.Emails: {"hs_email_subject": "Offer", "hs_email_text": "As promised", "hs_email_direction": "EMAIL", "hs_email_status": "SENT"},
		crm.Meetings: {
			"hs_meeting_title": "Demo", "hs_meeting_start_time": "2026-11-26T10:00:00Z", "hs_meeting_end_time": "2026-11-26T11:00:00Z",
			"hs_meeting_outcome": "SCHEDULED",
		},
		crm.Tasks: {"hs_task_subject": "Send the offer", "hs_task_status": "NOT_STARTED", "hs_task_type": "TODO"},
	}[typ]
}

// Every kind of activity goes out with its association, in one call, and is in
// the timeline before and after.
func TestActivities_GoOutWithTheirRecord(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	for i, onType := range []crm.ObjectType{crm.Contacts, crm.Companies, crm.Deals} {
		r := w.some(onType, 1)[0]
		for _, spec := range crm.Activities() {
			op := w.log(spec.Type, onType, r.ID, sample(spec.Type))
			line, err := w.store.Timeline(t.Context(), onType, r.ID, 50)
			require.NoError(t, err)
			require.Equal(t, crm.BadgeSaved, line[0].Badge)
			before := len(w.on(spec.Type, onType, r.RemoteID))
			require.Equal(t, crm.FlushResult{Acked: 1}, w.flush(), "%s on %s: %s", spec.Type, onType, w.op(op.ID).Reason)
			require.Len(t, w.on(spec.Type, onType, r.RemoteID), before+1)
			line, err = w.store.Timeline(t.Context(), onType, r.ID, 50)
			require.NoError(t, err)
			require.Equal(t, op.Record, line[0].ID)
			require.Equal(t, crm.BadgeNone, line[0].Badge)
			for name, v := range sample(spec.Type) {
				if name != "hs_meeting_start_time" && name != "hs_meeting_end_time" {
					require.Equal(t, v, w.there(spec.Type, line[0].RemoteID, name)[name])
				}
			}
			w.clock = w.clock.Add(time.Duration(i+1) * time.Second)
		}
	}
}

// A note's create is ambiguous: it is there once in the end, whether HubSpot had
// it or not, and so is every other kind, also two that look alike.
func noteAnswerLost(t *testing.T) {
	t.Helper()
	for _, spec := range crm.Activities() {
		for _, fault := range []string{"drop_after_apply", "drop_before_apply"} {
			t.Run(string(spec.Type)+" "+fault, func(t *testing.T) {
				w := newWorld(t, sandbox.Options{})
				r := w.first(crm.Contacts, "email")
				before := len(w.on(spec.Type, crm.Contacts, r.RemoteID))
				first := w.log(spec.Type, crm.Contacts, r.ID, sample(spec.Type))
				second := w.log(spec.Type, crm.Contacts, r.ID, sample(spec.Type))
				w.fault(fault, "POST", "/crm/**/batch/create", 1)
				_, err := w.outbox.Flush(t.Context())
				require.NoError(t, err)
				require.Equal(t, crm.Ambiguous, w.op(first.ID).State)
				require.Equal(t, crm.FlushResult{Acked: 2}, w.flush())
				require.Len(t, w.on(spec.Type, crm.Contacts, r.RemoteID), before+2)
				a, b := w.record(spec.Type, first.Record), w.record(spec.Type, second.Record)
				require.NotEmpty(t, a.RemoteID)
				require.NotEqual(t, a.RemoteID, b.RemoteID)
			})
		}
	}
}

// A colleague's note with the same words is not ours.
func TestNoteAnswerLost_AColleaguesIsNotTakenForOurs(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	w.call("POST", "/crm/objects/2026-03/notes", `{"properties":{"hs_timestamp":"2026-11-26T09:00:00.000Z","hs_note_body":"Met at the fair"},
		"associations":[{"to":{"id":"`+string(r.RemoteID)+`"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":202}]}]}`)
	before := w.on(crm.Notes, crm.Contacts, r.RemoteID)
	op := w.log(crm.Notes, crm.Contacts, r.ID, sample(crm.Notes))
	w.fault("drop_before_apply", "POST", "/crm/**/batch/create", 1)
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Len(t, w.on(crm.Notes, crm.Contacts, r.RemoteID), len(before)+1)
	require.NotContains(t, before, w.record(crm.Notes, op.Record).RemoteID)
}

// A contact that HubSpot refuses parks nothing but what was made on it.
func followersWait(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	bad := w.create(crm.Contacts, crm.Values{"email": "not an address"})
	good := w.create(crm.Contacts, crm.Values{"email": "good@order.example"})
	onBad := w.log(crm.Notes, crm.Contacts, bad.Record, sample(crm.Notes))
	onGood := w.log(crm.Notes, crm.Contacts, good.Record, sample(crm.Notes))
	require.Equal(t, crm.FlushResult{Acked: 2, Parked: 1, Left: 1}, w.flush())
	require.Equal(t, crm.Queued, w.op(onBad.ID).State)
	require.Equal(t, crm.Acked, w.op(onGood.ID).State)
	_, err := w.store.Enqueue(t.Context(), []crm.Op{{
		Kind: crm.OpUpdate, Type: crm.Contacts, Record: bad.Record, Fields: []crm.Field{{Name: "email", Value: "better@order.example"}},
	}}, nil)
	require.NoError(t, err)
	require.Equal(t, crm.FlushResult{Acked: 2}, w.flush())
	require.Len(t, w.on(crm.Notes, crm.Contacts, w.record(crm.Contacts, bad.Record).RemoteID), 1)
}

// The computer's clock is ahead of HubSpot's by hours.
func TestNoteAnswerLost_ByAClockThatIsAhead(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	w.clock = w.clock.Add(2 * time.Hour)
	r := w.first(crm.Contacts, "email")
	before := len(w.on(crm.Notes, crm.Contacts, r.RemoteID))
	w.log(crm.Notes, crm.Contacts, r.ID, sample(crm.Notes))
	w.fault("drop_after_apply", "POST", "/crm/**/batch/create", 1)
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Len(t, w.on(crm.Notes, crm.Contacts, r.RemoteID), before+1)
}

// The record is merged into another one, or archived, before it is known whether
// the note arrived: it is found on the survivor, and where nobody can tell it is
// not sent again.
func TestNoteAnswerLost_TheRecordIsGoneMeanwhile(t *testing.T) {
	for _, fault := range []string{"drop_after_apply", "drop_before_apply"} {
		t.Run("merged "+fault, func(t *testing.T) {
			w := newWorld(t, sandbox.Options{})
			rs := w.some(crm.Contacts, 2)
			op := w.log(crm.Notes, crm.Contacts, rs[0].ID, sample(crm.Notes))
			w.fault(fault, "POST", "/crm/**/batch/create", 1)
			_, err := w.outbox.Flush(t.Context())
			require.NoError(t, err)
			before := len(w.on(crm.Notes, crm.Contacts, rs[1].RemoteID))
			id, err := w.portal.Merge("contacts", string(rs[1].RemoteID), string(rs[0].RemoteID))
			require.NoError(t, err)
			require.Equal(t, crm.FlushResult{Acked: 1}, w.flush(), w.op(op.ID).Reason)
			mine := 0
			for _, n := range w.on(crm.Notes, crm.Contacts, crm.RemoteID(id)) {
				if w.there(crm.Notes, n, "hs_note_body")["hs_note_body"] == "Met at the fair" {
					mine++
				}
			}
			require.Equal(t, 1, mine, "%d before", before)
		})
		t.Run("archived "+fault, func(t *testing.T) {
			w := newWorld(t, sandbox.Options{})
			r := w.first(crm.Contacts, "email")
			op := w.log(crm.Notes, crm.Contacts, r.ID, sample(crm.Notes))
			w.fault(fault, "POST", "/crm/**/batch/create", 1)
			_, err := w.outbox.Flush(t.Context())
			require.NoError(t, err)
			require.NoError(t, w.portal.Archive("contacts", string(r.RemoteID)))
			require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
			require.True(t, w.op(op.ID).Unsure)
			require.Contains(t, w.op(op.ID).Reason, "nobody can tell")
		})
	}
}
