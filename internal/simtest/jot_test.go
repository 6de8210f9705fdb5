package simtest

import (
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
)

// jot is an activity that the rep has logged on a record.
type jot struct {
	op    crm.OpID
	group crm.OpID
	rec   known
	on    known
	mark  string
	given bool // the rep has taken it back
}

// body is the property that carries a jot's mark.
func body(t crm.ObjectType) string {
	s, _ := crm.SpecOf(string(t))
	return s.Body
}

// jot logs an activity on a record, which may be one that HubSpot does not have.
func (w *world) jot() {
	w.t.Helper()
	k, _, ok := w.some()
	if !ok {
		return
	}
	var types []crm.ObjectType
	for _, s := range crm.Activities() {
		types = append(types, s.Type)
	}
	typ := rapid.SampledFrom(types).Draw(w.t, "activity")
	j := &jot{rec: known{typ, crm.NewLocalID()}, on: k, mark: w.mark("m")}
	values := crm.Values{
		crm.TimestampProperty: crm.FormatDateTime(w.now().Add(time.Duration(w.marks) * time.Millisecond)),
		body(typ):             j.mark,
	}
	switch typ { //nolint:exhaustive // the others need no more
	case crm.Emails:
		values["hs_email_direction"] = "EMAIL"
	case crm.Tasks:
		values["hs_task_subject"] = "Task"
	case crm.Meetings:
		values["hs_meeting_start_time"], values["hs_meeting_end_time"] = values[crm.TimestampProperty], values[crm.TimestampProperty]
	case crm.Notes, crm.Calls, crm.Contacts, crm.Companies, crm.Deals:
	}
	op := crm.Op{Kind: crm.OpCreate, Type: typ, Record: j.rec.id, To: k.typ, ToRecord: k.id}
	for _, p := range crm.ActivityProperties(typ) {
		if v := values[p.Name]; v != "" {
			op.Fields = append(op.Fields, crm.Field{Name: p.Name, Value: v})
		}
	}
	if out, ok := w.enqueue(op); ok {
		j.op, j.group = out[0].ID, out[0].Group
		w.jots = append(w.jots, j)
		w.say("the rep logs one of %s on %s: %s", typ, w.called(k), j.mark)
	}
}

// jotsArrived is I1, I2 and I5 for activities: one that is done is in HubSpot
// once and stands on its record; one that is not waits where the rep sees it; and
// none is dropped but with its record, or by the rep.
func (w *world) jotsArrived() {
	w.t.Helper()
	there := map[string][]crm.RemoteID{}
	for _, s := range crm.Activities() {
		for after := ""; ; {
			var page crm.Page
			w.insist(func() (err error) {
				page, err = w.hub.List(w.ctx, s.Type, crm.ListCall{After: after, Limit: 100, Props: []string{s.Body}})
				return err
			})
			for _, r := range page.Records {
				there[r.Values[s.Body]] = append(there[r.Values[s.Body]], r.ID)
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	for _, j := range w.jots {
		n := len(there[j.mark])
		require.LessOrEqual(w.t, n, 1, "I2: %s of %s was created %d times", j.mark, j.rec.typ, n)
		op, err := w.store.Op(w.ctx, j.op)
		require.NoError(w.t, err)
		switch op.State {
		case crm.Acked:
			require.Equal(w.t, 1, n, "I1: %s of %s is lost", j.mark, j.rec.typ)
			w.stands(j, there[j.mark][0])
		case crm.Discarded:
			_, parent := w.settled(j.on)
			byRep := j.given || op.Reason == "Discarded."
			require.True(w.t, byRep || !parent, "I1: %s of %s was dropped: %s", j.mark, j.rec.typ, op.Reason)
		case crm.Queued, crm.Sending, crm.RetryWait, crm.Ambiguous, crm.InDispute, crm.Parked:
			require.True(w.t, n == 0 || op.Unsure, "I6: %s of %s is there, and called %s", j.mark, j.rec.typ, op.State)
		}
	}
}

// stands checks that an activity stands on its record, as HubSpot and the
// timeline say.
func (w *world) stands(j *jot, id crm.RemoteID) {
	w.t.Helper()
	parent, ok := w.settled(j.on)
	if !ok {
		return
	}
	l := &link{from: j.on, to: j.rec}
	require.True(w.t, w.linkedThere(l, parent, id), "I5: %s does not stand on %s", j.mark, w.called(j.on))
	line, err := w.store.Timeline(w.ctx, j.on.typ, j.on.id, 1000)
	require.NoError(w.t, err)
	require.True(w.t, slices.ContainsFunc(line, func(r crm.Record) bool {
		return strings.Contains(r.View()[body(j.rec.typ)], j.mark)
	}), "I6: %s is not in the timeline of %s", j.mark, w.called(j.on))
}

func aboutActivities(path string) bool {
	return slices.ContainsFunc(crm.Activities(), func(s crm.Spec) bool { return strings.Contains(path, "/"+string(s.Type)+"/") })
}
