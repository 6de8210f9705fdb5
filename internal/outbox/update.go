package outbox

import (
	"context"
	"log/slog"
	"maps"
	"slices"

	"satchel/internal/crm"
	"satchel/internal/merge"
)

// edit is an update on its way through read, compare and write.
type edit struct {
	op     crm.Op
	merged merge.Result
	theirs crm.RemoteRecord
}

// sendUpdates reads the fields of up to a hundred records, compares each with
// what the rep saw, writes what is still unchanged, and leaves the rest for the
// rep to decide. The operations are on their way from the first read on, so that
// what was compared is what is sent.
func (e *Engine) sendUpdates(ctx context.Context, u unit) (crm.FlushResult, error) {
	props, err := e.properties(ctx, u.typ)
	if err != nil {
		return crm.FlushResult{}, err
	}
	if err := e.begin(ctx, &u); err != nil || len(u.ops) == 0 {
		return crm.FlushResult{}, err
	}
	edits, out, err := e.compare(ctx, u, props)
	if err != nil {
		return e.unread(ctx, u, err)
	}
	var rows []crm.Write
	var sent []edit
	for _, ed := range edits {
		if len(ed.merged.Send) == 0 {
			out = append(out, e.compared(ed))
			continue
		}
		v := crm.Values{}
		for _, f := range ed.merged.Send {
			v[f.Name] = f.Value
		}
		rows = append(rows, crm.Write{Trace: string(ed.op.ID), ID: ed.theirs.ID, Values: v})
		sent = append(sent, ed)
	}
	total, err := e.settle(ctx, u, out)
	if err != nil || len(rows) == 0 {
		return total, err
	}
	answers, err := e.o.Remote.Update(ctx, u.typ, rows)
	var stop error
	if err != nil {
		out, stop = e.failed(opsOf(sent), err)
	} else {
		out = e.answered(sent, answers)
	}
	res, err := e.settle(ctx, u, out)
	if err != nil {
		stop = err
	}
	return total.Add(res), stop
}

// unread handles a failed read: nothing was sent, so the operations go back to
// where they were.
func (e *Engine) unread(ctx context.Context, u unit, err error) (crm.FlushResult, error) {
	out, stop := e.failed(u.ops, err)
	res, err := e.settle(ctx, u, out)
	if err != nil {
		return res, err
	}
	return res, stop
}

func (e *Engine) properties(ctx context.Context, t crm.ObjectType) (map[string]crm.Property, error) {
	list, err := e.o.Queue.Properties(ctx, t)
	if err != nil {
		return nil, err
	}
	props := make(map[string]crm.Property, len(list))
	for _, p := range list {
		props[p.Name] = p
	}
	return props, nil
}

// compare reads what HubSpot holds and merges. The outcomes are of operations
// that end or turn here: their record is gone, or has another id now.
func (e *Engine) compare(ctx context.Context, u unit, props map[string]crm.Property) ([]edit, []crm.Outcome, error) {
	names := map[string]bool{}
	ids := make([]crm.RemoteID, len(u.ops))
	for i, op := range u.ops {
		ids[i] = op.RemoteID
		for _, f := range op.Fields {
			names[f.Name] = true
		}
	}
	fields := slices.Sorted(maps.Keys(names))
	read, err := e.o.Remote.BatchRead(ctx, u.typ, ids, fields)
	if err != nil {
		return nil, nil, err
	}
	found := map[crm.RemoteID]crm.RemoteRecord{}
	for _, r := range read.Found {
		found[r.ID] = r
	}
	var edits []edit
	var out []crm.Outcome
	for _, op := range u.ops {
		theirs, ok := found[op.RemoteID]
		if !ok {
			// Left out or "missing": a single read follows a merge and tells an
			// archived record from one that never was.
			theirs, err = e.o.Remote.Get(ctx, u.typ, op.RemoteID, fields)
			switch k := crm.KindOf(err); {
			case err == nil:
			case k == crm.NotFound:
				out = append(out, e.gone(op))
				continue
			case k == crm.Forbidden || k == crm.Invalid:
				refused, _ := e.failed([]crm.Op{op}, err)
				out = append(out, refused...)
				continue
			default:
				return nil, nil, err
			}
		}
		edits = append(edits, edit{op: op, theirs: theirs, merged: merge.Fields(props, op.Fields, theirs.Values)})
	}
	edits, again := e.oneEach(edits)
	out = append(out, again...)
	if err := e.explain(ctx, u, edits, props); err != nil {
		return nil, nil, err
	}
	policies, err := e.o.Policies(ctx, u.typ)
	if err != nil {
		return nil, nil, err
	}
	for i := range edits {
		edits[i].merged.Decide(policies)
	}
	return edits, out, nil
}

// oneEach keeps the edits that are alone on their record. Those that turn out to
// be of one record, which somebody merged others into, go back under its id: the
// plan knows then that they are of one record, and each is compared with what the
// one before it left.
func (e *Engine) oneEach(edits []edit) (alone []edit, back []crm.Outcome) {
	of := map[crm.RemoteID]int{}
	for _, ed := range edits {
		of[ed.theirs.ID]++
	}
	for _, ed := range edits {
		if of[ed.theirs.ID] == 1 {
			alone = append(alone, ed)
			continue
		}
		back = append(back, crm.Outcome{
			Op: ed.op.ID, State: was(ed.op), Attempts: ed.op.Attempts, At: e.now(), NextAt: e.now(), Unsure: uncertain(ed.op),
			Reason: "Its record was merged with another one in HubSpot.", Remote: &crm.RemoteRecord{ID: ed.theirs.ID},
		})
	}
	return alone, back
}

// explain fills in who changed the disputed fields, and when. For an operation
// whose last answer was lost it also tells our own write, under a colleague's
// later one, from a write that never arrived. Only a failed read of an ambiguous
// operation's history is an error: for the others it is a nicety.
func (e *Engine) explain(ctx context.Context, u unit, edits []edit, props map[string]crm.Property) error {
	var ids []crm.RemoteID
	names := map[string]bool{}
	for _, ed := range edits {
		for _, d := range ed.merged.Disputes {
			names[d.Field] = true
		}
		if uncertain(ed.op) {
			for _, f := range ed.merged.Send {
				names[f.Name] = true
			}
		}
		if len(ed.merged.Disputes) > 0 || uncertain(ed.op) && len(ed.merged.Send) > 0 {
			ids = append(ids, ed.theirs.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	history, err := e.o.Remote.History(ctx, u.typ, ids, slices.Sorted(maps.Keys(names)))
	if err != nil {
		if u.ambiguous {
			return err
		}
		e.o.Log.InfoContext(ctx, "no history for a conflict", slog.String("kind", crm.KindOf(err).String()))
		return nil
	}
	for i := range edits {
		explainOne(&edits[i], history[edits[i].theirs.ID], props)
	}
	return nil
}

func explainOne(ed *edit, versions map[string][]crm.Version, props map[string]crm.Property) {
	m := &ed.merged
	if uncertain(ed.op) {
		m.Send = slices.DeleteFunc(m.Send, func(f crm.Field) bool {
			gone := arrived(ed.op, f.Value, versions[f.Name], props[f.Name])
			if gone { // it arrived, and a colleague took it back
				m.Settled = append(m.Settled, f.Name)
			}
			return gone
		})
	}
	kept := m.Disputes[:0]
	for _, d := range m.Disputes {
		list := versions[d.Field]
		if uncertain(ed.op) && arrived(ed.op, d.Mine, list, props[d.Field]) {
			m.Settled = append(m.Settled, d.Field)
			continue
		}
		if len(list) > 0 {
			d.Who, d.When, d.Source = list[0].By, list[0].At, list[0].Source
		}
		kept = append(kept, d)
	}
	m.Disputes = kept
}

// skew is how far HubSpot's clock may be behind ours before a version that
// carries our value is no longer taken for our write.
const skew crm.Millis = 5 * 60 * 1000

// arrived says whether the history holds our write: our value, set no earlier
// than we sent it. What it replaced may be a value that the rep never saw; the
// check afterwards finds that.
func arrived(op crm.Op, mine string, list []crm.Version, p crm.Property) bool {
	for _, v := range list {
		if v.At < op.SentAt-skew {
			return false
		}
		if p.Same(v.Value, mine) {
			return true
		}
	}
	return false
}

// compared is the outcome of an update of which nothing has to be sent.
func (e *Engine) compared(ed edit) crm.Outcome {
	o := crm.Outcome{
		Op: ed.op.ID, State: crm.Acked, Attempts: ed.op.Attempts, At: e.now(),
		Remote: &ed.theirs, Settled: ed.merged.Settled, Answer: "HubSpot had it already",
		Check: uncertain(ed.op), Yielded: ed.yielded(),
	}
	if len(ed.merged.Yielded) > 0 {
		o.Answer = answerYielded
		if len(ed.merged.Settled) == 0 {
			o.State, o.Reason = crm.Discarded, answerYielded
		}
	}
	if len(ed.merged.Disputes) > 0 {
		o.State, o.Disputes, o.Answer = crm.InDispute, ed.merged.Disputes, ""
		o.Reason = "Changed here and in HubSpot. Both values are kept; choose which one stays."
	}
	return o
}

// answerYielded says in a receipt that a policy decided.
const answerYielded = "HubSpot's value was kept, as you have decided for this property"

func (ed edit) yielded() []string {
	var out []string
	for _, d := range ed.merged.Yielded {
		out = append(out, d.Field)
	}
	return out
}

// gone is the outcome of an operation whose record HubSpot no longer has.
func (e *Engine) gone(op crm.Op) crm.Outcome {
	return crm.Outcome{
		Op: op.ID, State: crm.Parked, Attempts: op.Attempts, At: e.now(), Gone: true,
		Unsure: uncertain(op), Check: uncertain(op),
		Reason: "HubSpot no longer has this record: it was deleted there, or your sign-in cannot see it any more. Your edit is kept here.",
	}
}

// answered matches the answers of a batch to the edits.
func (e *Engine) answered(sent []edit, answers []crm.Written) []crm.Outcome {
	by := map[string]crm.Written{}
	for _, a := range answers {
		by[a.Trace] = a
	}
	var out []crm.Outcome
	for _, ed := range sent {
		a, ok := by[string(ed.op.ID)]
		if !ok {
			a.Err = &crm.Error{Kind: crm.Uncertain, Msg: "HubSpot left this change out of its answer. It is looked up before it is sent again."}
		}
		switch {
		case a.Err == nil:
			out = append(out, e.written(ed, a.Record))
		case crm.KindOf(a.Err) == crm.NotFound:
			out = append(out, e.gone(ed.op))
		default:
			failed, _ := e.failed([]crm.Op{ed.op}, a.Err)
			out = append(out, failed...)
		}
	}
	return out
}

// written is the outcome of an update that HubSpot took. Fields in dispute
// stay behind.
func (e *Engine) written(ed edit, now crm.RemoteRecord) crm.Outcome {
	if now.ID == "" {
		now.ID = ed.theirs.ID
	}
	now.Values = now.Values.Clone()
	if now.Values == nil {
		now.Values = crm.Values{}
	}
	settled := slices.Clone(ed.merged.Settled)
	for _, f := range ed.merged.Send {
		settled = append(settled, f.Name)
		if _, said := now.Values[f.Name]; !said {
			now.Values[f.Name] = f.Value
		}
	}
	o := crm.Outcome{
		Op: ed.op.ID, State: crm.Acked, Attempts: ed.op.Attempts + 1, At: e.now(),
		Remote: &now, Settled: settled, Merged: ed.merged.Send, Yielded: ed.yielded(), Answer: "updated " + string(now.ID), Check: true,
	}
	for _, d := range ed.merged.Yielded {
		now.Values[d.Field] = d.Theirs
	}
	if len(ed.merged.Yielded) > 0 {
		o.Answer += "; " + answerYielded
	}
	if len(ed.merged.Disputes) > 0 {
		o.State, o.Disputes = crm.InDispute, ed.merged.Disputes
		o.Reason = "The other fields are in HubSpot. These were changed here and there; choose which value stays."
		for _, d := range ed.merged.Disputes {
			now.Values[d.Field] = d.Theirs
		}
	}
	return o
}

func opsOf(edits []edit) []crm.Op {
	ops := make([]crm.Op, len(edits))
	for i, ed := range edits {
		ops[i] = ed.op
	}
	return ops
}
