package store

import (
	"context"
	"errors"
	"slices"

	"satchel/internal/crm"
)

// Undo takes back one act of the rep, given its group or the id of an
// operation. What has not been sent is taken back where it waits, and other
// acts that share the operation keep their part. What HubSpot has already is
// undone by an opposite edit that is based on what was sent, so that a change
// made there meanwhile becomes a conflict. HubSpot can neither take back a
// create nor restore an archived record: both are refused (Invalid), as is
// what is being sent (Conflict); then nothing is undone.
func (s *Store) Undo(ctx context.Context, group crm.OpID, at crm.Millis) (crm.Undone, error) {
	var out crm.Undone
	err := s.write(ctx, "undo", func(ctx context.Context, t *tx) error {
		u := &undoer{tx: t, group: group, at: at, next: crm.NewOpID()}
		ops, err := opsWhere(ctx, t, opsOfGroup, string(group))
		if err != nil {
			return err
		}
		if len(ops) == 0 {
			if ops, err = opsWhere(ctx, t, `WHERE o.id = ?`, string(group)); err != nil {
				return err
			}
		}
		if len(ops) == 0 {
			return notFound("There is nothing left to undo.")
		}
		for _, o := range ops {
			if o.State == crm.Sending || o.State == crm.Ambiguous {
				return errSending()
			}
		}
		slices.Reverse(ops)
		for _, o := range ops {
			if err := u.undo(ctx, o.ID); err != nil {
				return err
			}
		}
		out = u.done
		return nil
	})
	return out, err
}

type undoer struct {
	*tx
	group crm.OpID
	next  crm.OpID // the group of the opposite edits
	at    crm.Millis
	done  crm.Undone
}

// undo looks at the operation anew: undoing a later one of the act may have
// changed it.
func (u *undoer) undo(ctx context.Context, id crm.OpID) error {
	o, err := opByID(ctx, u.tx, id)
	if err != nil {
		return err
	}
	parts, err := u.parts(ctx, o)
	if err != nil {
		return err
	}
	switch {
	case o.Kind == crm.OpUpdate, o.Kind == crm.OpCreate && o.Group != u.group && o.ID != u.group:
		return u.edit(ctx, o, parts)
	case o.State == crm.Discarded:
		return u.restore(ctx, o)
	case o.State != crm.Acked:
		return u.take(ctx, o)
	}
	switch o.Kind {
	case crm.OpCreate:
		return invalid("HubSpot has this record already, and a create cannot be undone there. Archive the record if you do not want it.")
	case crm.OpArchive:
		return invalid("HubSpot has archived this record already. It can be restored on HubSpot's own page for 90 days.")
	case crm.OpAssociate, crm.OpDetach:
		return u.opposite(ctx, o)
	case crm.OpUpdate:
	}
	return nil
}

// parts are what the act put into an operation: all of it, when the operation
// itself is meant or no act is known.
func (u *undoer) parts(ctx context.Context, o *op) ([]crm.Field, error) {
	bodies, err := column[string](ctx, u.tx, `SELECT fields FROM act WHERE op = ?1 AND (group_id = ?2 OR ?2 = ?1) ORDER BY id`, string(o.ID), string(u.group))
	if err != nil {
		return nil, err
	}
	if len(bodies) == 0 {
		return o.told().Fields, nil
	}
	var out []crm.Field
	for _, body := range bodies {
		var fields []crm.Field
		if err := fromJSON(body, &fields); err != nil {
			return nil, err
		}
		for _, f := range fields {
			if i := slices.IndexFunc(out, func(g crm.Field) bool { return g.Name == f.Name }); i >= 0 {
				out[i].Value = f.Value
			} else {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// take discards what has not been sent.
func (u *undoer) take(ctx context.Context, o *op) error {
	if err := u.drop(ctx, o, u.at, "Undone."); err != nil {
		return err
	}
	u.done.Taken++
	return u.refreshOwners(ctx, []crm.OpID{o.ID})
}

// restore brings back what a cancelled-out operation had taken away with it: a
// record that was archived before it was sent, an association that was detached
// before it was sent.
func (u *undoer) restore(ctx context.Context, o *op) error {
	ops, err := opsWhere(ctx, u.tx, `WHERE o.cause = ? AND o.state = 'discarded' ORDER BY o.seq`, string(o.ID))
	if err != nil || len(ops) == 0 {
		return err
	}
	r, err := rowByLocal(ctx, u.tx, o.Record)
	if errors.Is(err, errNoRow) {
		return invalid("This record was never sent to HubSpot and is no longer here.")
	}
	if err != nil {
		return err
	}
	var ids []crm.OpID
	for _, p := range ops {
		p.State, p.Finished, p.Reason, p.cause, p.NextAt = crm.Queued, 0, "", "", u.at
		if err := u.saveOp(ctx, p); err != nil {
			return err
		}
		ids = append(ids, p.ID)
	}
	if r.remote == "" && r.gone {
		r.gone = false
	}
	for _, p := range ops {
		if p.Kind != crm.OpCreate || p.Record == r.local {
			continue
		}
		if err := u.setGone(ctx, p.Record, false); err != nil {
			return err
		}
	}
	if _, err := u.refresh(ctx, r); err != nil {
		return err
	}
	u.done.Taken++
	return u.refreshOwners(ctx, ids)
}

// edit takes fields back out of an operation that has not been sent, and
// queues the opposite of those that HubSpot has.
func (u *undoer) edit(ctx context.Context, o *op, parts []crm.Field) error {
	backByHand := o.State == crm.Discarded && o.cause == o.ID
	if o.State == crm.Discarded && !backByHand {
		return nil
	}
	r, err := rowByLocal(ctx, u.tx, o.Record)
	if errors.Is(err, errNoRow) {
		return notFound("This record is no longer here.")
	}
	if err != nil {
		return err
	}
	sent := parts
	if !o.State.Done() {
		if !o.atHome() {
			return errSending()
		}
		if sent, err = u.takeFields(ctx, o, r, parts); err != nil {
			return err
		}
		if _, err := u.refresh(ctx, r); err != nil {
			return err
		}
	}
	if sent, err = u.replaced(ctx, o, sent); err != nil {
		return err
	}
	return u.reverse(ctx, r, sent)
}

// replaced makes of parts what they really replaced in HubSpot: by a policy that
// may have been another value than the rep saw.
func (u *undoer) replaced(ctx context.Context, o *op, parts []crm.Field) ([]crm.Field, error) {
	out := slices.DeleteFunc(slices.Clone(parts), func(p crm.Field) bool {
		return o.State == crm.Acked && slices.ContainsFunc(o.Disputes, func(d crm.Dispute) bool { return d.Field == p.Name })
	})
	for i, p := range out {
		at := slices.IndexFunc(o.settled, func(f crm.Field) bool { return f.Name == p.Name && f.Value == p.Value })
		if at < 0 || o.settled[at].Base == p.Base {
			continue
		}
		first, err := u.isFirst(ctx, o, p.Name)
		if err != nil {
			return nil, err
		}
		if first {
			out[i].Base = o.settled[at].Base
		}
	}
	return out, nil
}

// takeFields puts the fields of an unsent operation back to what they were
// before the act. A field that a later act changed again is that act's. It
// returns those that have left the operation because HubSpot has them.
func (u *undoer) takeFields(ctx context.Context, o *op, r *row, parts []crm.Field) (sent []crm.Field, err error) {
	before := len(o.Fields)
	touched := false
	for _, p := range parts {
		i, ok := o.field(p.Name)
		switch {
		case !ok && slices.ContainsFunc(o.settled, func(f crm.Field) bool { return f.Name == p.Name && f.Value == p.Value }):
			sent = append(sent, p)
			continue
		case !ok && r.value(p.Name) == p.Value:
			// The act had taken the field back to its base, and so out.
			o.Fields = append(o.Fields, crm.Field{Name: p.Name, Base: p.Value, Value: p.Base})
		case !ok || o.Fields[i].Value != p.Value:
			continue
		default:
			first, err := u.isFirst(ctx, o, p.Name)
			if err != nil {
				return nil, err
			}
			o.Fields[i].Value = p.Base
			if f := o.Fields[i]; f.Value == f.Base || first {
				o.Fields = slices.Delete(o.Fields, i, i+1)
			}
		}
		touched = true
		o.Disputes = slices.DeleteFunc(o.Disputes, func(d crm.Dispute) bool { return d.Field == p.Name })
	}
	if !touched {
		return sent, nil
	}
	u.done.Taken++
	if len(o.Fields) == 0 && before > 0 && o.Kind == crm.OpUpdate {
		o.Fields = parts // for the receipt
		return sent, u.discard(ctx, o, u.at, "Undone.", "")
	}
	if o.State == crm.InDispute && len(o.Disputes) == 0 || o.State == crm.Parked {
		return sent, u.queue(ctx, o, u.at)
	}
	return sent, u.saveOp(ctx, o)
}

// isFirst says that nothing but this act put the field into an update: undone,
// it leaves, whatever the view was when the rep acted.
func (u *undoer) isFirst(ctx context.Context, o *op, field string) (bool, error) {
	if o.Kind != crm.OpUpdate {
		return false, nil
	}
	groups, err := column[crm.OpID](ctx, u.tx, `SELECT act.group_id FROM act, json_each(act.fields) f
		WHERE act.op = ? AND f.value ->> 'name' = ? ORDER BY act.id LIMIT 1`, string(o.ID), field)
	return len(groups) == 0 || groups[0] == u.group || u.group == o.ID, err
}

// reverse queues an update that puts fields back. Its bases are what was sent:
// whoever changed a field since is asked. A field that the rep has changed
// again here is left alone.
func (u *undoer) reverse(ctx context.Context, r *row, sent []crm.Field) error {
	var fields []crm.Field
	for _, f := range sent {
		if v, waits := r.overlay[f.Name]; waits && v != f.Value {
			continue
		}
		fields = append(fields, crm.Field{Name: f.Name, Base: f.Value, Value: f.Base})
	}
	if len(fields) == 0 {
		return nil
	}
	if r.is.archived {
		return invalid("%s is archived; its old values cannot be put back.", r.called())
	}
	o := &op{Op: crm.Op{Kind: crm.OpUpdate, Type: r.spec.Type, Record: r.local, RemoteID: r.remote, Fields: fields, Made: u.at, Group: u.next}}
	done, err := u.enqueueUpdate(ctx, o, r)
	if err == nil && done.State != "" {
		u.done.Queued++
	}
	return err
}

// opposite queues the counterpart of an association that HubSpot has.
func (u *undoer) opposite(ctx context.Context, o *op) error {
	kind := crm.OpDetach
	if o.Kind == crm.OpDetach {
		kind = crm.OpAssociate
	}
	done, err := u.enqueue(ctx, &op{Op: crm.Op{Kind: kind, Record: o.Record, ToRecord: o.ToRecord, Made: u.at, Group: u.next}}, nil)
	if err == nil && done.State != "" {
		u.done.Queued++
	}
	return err
}
