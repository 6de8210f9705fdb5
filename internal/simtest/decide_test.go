package simtest

import (
	"slices"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// waiting is what waits for the rep.
func (w *world) waiting() []crm.Op {
	w.t.Helper()
	ops, err := w.store.Unfinished(w.ctx)
	require.NoError(w.t, err)
	return slices.DeleteFunc(ops, func(o crm.Op) bool { return o.State != crm.Parked && o.State != crm.InDispute })
}

// decide answers something that waits for the rep.
func (w *world) decide() {
	w.t.Helper()
	ops := w.waiting()
	if len(ops) == 0 {
		return
	}
	op := ops[rapid.IntRange(0, len(ops)-1).Draw(w.t, "which")]
	what := rapid.SampledFrom([]string{"mine", "theirs", "retry", "discard", "change"}).Draw(w.t, "decision")
	var err error
	w.say("the rep decides %s about %s of %s: %s", what, op.Kind, w.called(known{op.Type, op.Record}), op.Reason)
	switch {
	case op.State == crm.InDispute && (what == "mine" || what == "theirs"):
		choices := map[string]string{}
		for _, d := range op.Disputes {
			choices[d.Field] = what
			w.chose(op, d, what)
		}
		err = w.store.Resolve(w.ctx, op.ID, choices, w.millis())
	case what == "change":
		w.change(op)
	case what == "discard":
		if err = w.store.Discard(w.ctx, op.ID, w.millis()); err == nil {
			w.giveUp(func(a *act) bool {
				same := slices.ContainsFunc(op.Fields, func(f crm.Field) bool { return f.Name == a.field && f.Value == a.mark })
				return same || op.Kind == crm.OpCreate && w.is(a.rec, op.Record)
			})
			w.forget(func(l *link) bool { return l.op == op.ID })
		}
	case op.State == crm.Parked && op.Kind == crm.OpCreate && op.Unsure:
		// The rep has to look in HubSpot first, which a machine cannot play.
	case op.State == crm.Parked:
		err = w.store.Retry(w.ctx, op.ID, w.millis())
	}
	if err != nil {
		require.Contains(w.t, []crm.Kind{crm.Invalid, crm.NotFound, crm.Conflict}, crm.KindOf(err), "%v", err)
	}
}

// chose notes the rep's answer to one field of a conflict: theirs gives the
// edit up, mine allows their value to be overwritten.
func (w *world) chose(op crm.Op, d crm.Dispute, what string) {
	for _, a := range w.acts {
		if a.field == d.Field && a.mark == d.Mine {
			a.given = a.given || what == "theirs"
			a.chosen = append(a.chosen, d.Theirs)
		}
	}
}

// change gives a field of a refused edit another value. As long as the record is
// there to be edited, that must be possible.
func (w *world) change(op crm.Op) {
	w.t.Helper()
	k := known{op.Type, op.Record}
	r, ok := w.record(k)
	if op.Kind != crm.OpUpdate || op.State != crm.Parked || op.Unsure || len(op.Fields) == 0 || !ok || r.Archived || r.Badge == crm.BadgeGone {
		return
	}
	f := rapid.SampledFrom(op.Fields).Draw(w.t, "field")
	a := &act{rec: k, field: f.Name, mark: w.value(f.Name, "m"), base: r.View()[f.Name]}
	out, ok := w.enqueue(crm.Op{Kind: crm.OpUpdate, Type: k.typ, Record: k.id, Fields: []crm.Field{{Name: f.Name, Value: a.mark}}})
	require.True(w.t, ok, "an edit that was refused cannot be changed: %s", op.Reason)
	w.did(out[0], a)
}

func (w *world) fault() {
	w.t.Helper()
	f := sandbox.Fault{Count: rapid.IntRange(1, 3).Draw(w.t, "count")}
	f.Kind = rapid.SampledFrom([]string{
		"drop_before_apply", "drop_after_apply", "drop_after_apply", "status", "truncate", "html", "latency", "unreachable", "clear", "token_error",
	}).Draw(w.t, "fault")
	f.Match.Path = rapid.SampledFrom([]string{"", "/crm/**/batch/*", "/crm/**/batch/update", "/crm/**/batch/create", "/crm/**/batch/upsert", "/crm/**/batch/read", "/oauth/**"}).Draw(w.t, "path")
	switch f.Kind {
	case "clear":
		w.portal.ClearFaults()
		w.say("the network is well")
		return
	case "status":
		f.Status = rapid.SampledFrom([]int{429, 423, 500, 502, 503, 524}).Draw(w.t, "status")
		f.Apply = f.Status >= 500 && rapid.Bool().Draw(w.t, "applied")
	case "token_error":
		f.Error = rapid.SampledFrom([]string{"BAD_HUB", "BAD_REFRESH_TOKEN"}).Draw(w.t, "error")
	case "latency":
		f.LatencyMS = rapid.IntRange(100, 40_000).Draw(w.t, "ms")
	}
	_, err := w.portal.Fault(f)
	require.NoError(w.t, err)
	w.say("fault: %s %d %s applied=%v x%d", f.Kind, f.Status, f.Match.Path, f.Apply, f.Count)
}
