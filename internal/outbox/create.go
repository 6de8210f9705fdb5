package outbox

import (
	"context"
	"maps"
	"slices"

	"satchel/internal/crm"
)

// sendCreates sends up to a hundred new records. Where the portal keeps our key
// a lost answer is harmless: the record is found by its key. Where it does not,
// a contact may be recognised by its e-mail address, and an activity on the record
// that it was made on; anything else whose answer was lost is parked.
func (e *Engine) sendCreates(ctx context.Context, u unit) (crm.FlushResult, error) {
	keyed, err := e.o.Keyed(ctx, u.typ)
	if err != nil {
		return crm.FlushResult{}, err
	}
	var total crm.FlushResult
	if u.ambiguous {
		out, rest, err := e.lookUp(ctx, u)
		if err != nil {
			return e.unread(ctx, u, err)
		}
		if total, err = e.settle(ctx, u, out); err != nil || len(rest) == 0 {
			return total, err
		}
		u.ops = rest
	}
	for i := range u.ops {
		u.ops[i].Keyed = keyed
	}
	if err := e.begin(ctx, &u); err != nil || len(u.ops) == 0 {
		return total, err
	}
	rows := make([]crm.Write, len(u.ops))
	for i, op := range u.ops {
		v := op.Values()
		maps.DeleteFunc(v, func(_, value string) bool { return value == "" })
		rows[i] = crm.Write{Trace: string(op.ID), Values: v, On: op.ToRemote, OnType: op.To}
		if keyed {
			rows[i].Key = op.Record
		}
	}
	var answers []crm.Written
	if keyed {
		answers, err = e.o.Remote.Upsert(ctx, u.typ, crm.KeyProperty, rows)
	} else {
		answers, err = e.o.Remote.Create(ctx, u.typ, rows)
	}
	var out []crm.Outcome
	var stop error
	if err != nil {
		out, stop = e.failed(certain(u.ops), err)
	} else {
		out = e.created(certain(u.ops), answers)
	}
	res, err := e.settle(ctx, u, out)
	if err != nil {
		stop = err
	}
	return total.Add(res), stop
}

// certain are operations of which it was found out that HubSpot did not have
// them before this send.
func certain(ops []crm.Op) []crm.Op {
	out := slices.Clone(ops)
	for i := range out {
		out[i].Unsure = false
		if out[i].State == crm.Ambiguous {
			out[i].State = crm.RetryWait
		}
	}
	return out
}

func (e *Engine) created(ops []crm.Op, answers []crm.Written) []crm.Outcome {
	by := map[string]crm.Written{}
	for _, a := range answers {
		by[a.Trace] = a
	}
	var out []crm.Outcome
	for _, op := range ops {
		a, ok := by[string(op.ID)]
		switch {
		case !ok:
			err := &crm.Error{Kind: crm.Uncertain, Msg: "HubSpot left this record out of its answer. It is looked up before it is sent again."}
			failed, _ := e.failed([]crm.Op{op}, err)
			out = append(out, failed...)
		case a.Err == nil:
			out = append(out, e.adopted(op, a.Record, "created "+string(a.Record.ID)))
		default:
			out = append(out, e.notCreated(op, a.Err))
		}
	}
	return out
}

func (e *Engine) notCreated(op crm.Op, err error) crm.Outcome {
	failed, _ := e.failed([]crm.Op{op}, err)
	o := failed[0]
	if ce, ok := crm.AsError(err); ok && ce.Kind == crm.Conflict && ce.Existing != "" {
		o.Existing = ce.Existing
		o.Reason = "HubSpot already has this contact. Nothing was changed there; continue with the existing one, or change the e-mail address."
	}
	return o
}

// adopted is the outcome of a create that is in HubSpot as record now.
func (e *Engine) adopted(op crm.Op, now crm.RemoteRecord, answer string) crm.Outcome {
	v := op.Values()
	maps.Copy(v, now.Values)
	now.Values = v
	return crm.Outcome{
		Op: op.ID, State: crm.Acked, Attempts: op.Attempts + 1, At: e.now(), Remote: &now, Answer: answer,
	}
}

// lookUp finds out what became of creates whose answer was lost, by what they
// carried when they were sent: the portal may keep our key since, or no longer.
// rest are those that HubSpot certainly does not have.
func (e *Engine) lookUp(ctx context.Context, u unit) (out []crm.Outcome, rest []crm.Op, err error) {
	keyed, plain := u, u
	keyed.ops, plain.ops = nil, nil
	for _, op := range u.ops {
		if op.Keyed {
			keyed.ops = append(keyed.ops, op)
		} else {
			plain.ops = append(plain.ops, op)
		}
	}
	if len(keyed.ops) > 0 {
		if out, rest, err = e.lookUpByKey(ctx, keyed); err != nil {
			return nil, nil, err
		}
	}
	if len(plain.ops) == 0 {
		return out, rest, nil
	}
	if u.typ == crm.Contacts {
		more, left, err := e.lookUpByEmail(ctx, plain)
		return append(out, more...), append(rest, left...), err
	}
	if spec, ok := crm.SpecOf(string(u.typ)); ok && spec.Activity {
		more, left, err := e.lookUpOnParent(ctx, plain)
		return append(out, more...), append(rest, left...), err
	}
	for _, op := range plain.ops {
		out = append(out, e.untold(op))
	}
	return out, rest, nil
}

func (e *Engine) lookUpByKey(ctx context.Context, u unit) (out []crm.Outcome, rest []crm.Op, err error) {
	keys := make([]string, len(u.ops))
	names := map[string]bool{}
	for i, op := range u.ops {
		keys[i] = string(op.Record)
		for _, f := range op.Fields {
			names[f.Name] = true
		}
	}
	found, err := e.o.Remote.ReadByKey(ctx, u.typ, crm.KeyProperty, keys, sorted(names))
	if err != nil {
		return nil, nil, err
	}
	for _, op := range u.ops {
		if r, ok := found[string(op.Record)]; ok {
			// HubSpot's values win over the sent ones: a colleague may have edited
			// the record since, and that is no business of a create.
			out = append(out, e.adopted(op, r, "found "+string(r.ID)))
			continue
		}
		rest = append(rest, op)
	}
	return out, rest, nil
}

// lookUpByEmail recognises a contact of ours on a portal without our key: it
// has the address, was made while we were sending, and holds every value we
// sent.
func (e *Engine) lookUpByEmail(ctx context.Context, u unit) (out []crm.Outcome, rest []crm.Op, err error) {
	props, err := e.properties(ctx, u.typ)
	if err != nil {
		return nil, nil, err
	}
	var emails []string
	names := map[string]bool{"email": true, "createdate": true}
	for _, op := range u.ops {
		if m := op.Values()["email"]; m != "" {
			emails = append(emails, m)
		}
		for _, f := range op.Fields {
			names[f.Name] = true
		}
	}
	found := map[string]crm.RemoteRecord{}
	if len(emails) > 0 {
		if found, err = e.o.Remote.ReadByKey(ctx, u.typ, "email", emails, sorted(names)); err != nil {
			return nil, nil, err
		}
	}
	for _, op := range u.ops {
		m := op.Values()["email"]
		r, ok := found[m]
		switch {
		case m == "":
			out = append(out, e.untold(op))
		case !ok:
			rest = append(rest, op)
		case ours(op, r, props):
			out = append(out, e.adopted(op, r, "found "+string(r.ID)))
		default:
			err := &crm.Error{Kind: crm.Conflict, Existing: r.ID, Msg: "HubSpot already has a contact with this e-mail address."}
			out = append(out, e.notCreated(certain([]crm.Op{op})[0], err))
		}
	}
	return out, rest, nil
}

func ours(op crm.Op, r crm.RemoteRecord, props map[string]crm.Property) bool {
	return r.Created >= op.SentAt-skew && holds(op, r, props)
}

// holds says whether a record has every value that was sent.
func holds(op crm.Op, r crm.RemoteRecord, props map[string]crm.Property) bool {
	for _, f := range op.Fields {
		if !props[f.Name].Same(r.Values[f.Name], f.Value) {
			return false
		}
	}
	return true
}

// untold parks a create of which nobody can say whether HubSpot has it.
func (e *Engine) untold(op crm.Op) crm.Outcome {
	return crm.Outcome{
		Op: op.ID, State: crm.Parked, Unsure: true, Attempts: op.Attempts, At: e.now(),
		Reason: "The answer to this new record was lost, and this portal has no place for Satchel's key, so nobody can tell whether HubSpot has it. Look for it in HubSpot: discard it here if it is there, retry if it is not.",
	}
}
