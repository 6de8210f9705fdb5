package store

import (
	"context"
	"errors"
	"slices"

	"satchel/internal/crm"
)

// Enqueue stores one act of the rep: its operations with the changed views, in
// one transaction. Ids, times and the group are assigned where they are empty.
// It returns the operations as stored, each with the group of this act; one
// without a state had nothing to change and was not stored, and an edit of a
// change that still waits comes back as that change.
//
// seen holds what was on screen when the rep began, per record: that is what an
// edit's field counts as based on. Fields that are not in it are based on the
// present view.
func (s *Store) Enqueue(ctx context.Context, ops []crm.Op, seen map[crm.LocalID]crm.Values) ([]crm.Op, error) {
	var out []crm.Op
	err := s.write(ctx, "save edit", func(ctx context.Context, t *tx) error {
		out = make([]crm.Op, 0, len(ops))
		group := crm.NewOpID()
		for _, in := range ops {
			if in.Group == "" {
				in.Group = group
			}
			done, err := t.enqueue(ctx, &op{Op: in}, seen[in.Record])
			if err != nil {
				return err
			}
			done.Group = in.Group
			out = append(out, done)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (t *tx) enqueue(ctx context.Context, o *op, seen crm.Values) (crm.Op, error) {
	o.Seq, o.State, o.Attempts, o.SentAt, o.Finished = 0, "", 0, 0, 0
	if o.Made == 0 {
		o.Made = now()
	}
	if o.Kind == crm.OpCreate {
		if o.ToRecord != "" {
			to, err := t.liveRow(ctx, o.ToRecord)
			if err != nil {
				return crm.Op{}, err
			}
			o.To, o.ToRecord, o.ToRemote = to.spec.Type, to.local, to.remote
		}
		return t.enqueueCreate(ctx, o)
	}
	r, err := t.liveRow(ctx, o.Record)
	if err != nil {
		return crm.Op{}, err
	}
	o.Type, o.Record, o.RemoteID = r.spec.Type, r.local, r.remote
	switch o.Kind {
	case crm.OpUpdate:
		for i, f := range o.Fields {
			if v, ok := seen[f.Name]; ok {
				o.Fields[i].Base = v
			} else {
				o.Fields[i].Base = r.value(f.Name)
			}
		}
		return t.enqueueUpdate(ctx, o, r)
	case crm.OpArchive:
		return t.enqueueArchive(ctx, o, r)
	case crm.OpAssociate, crm.OpDetach:
		return t.enqueueLink(ctx, o, r)
	case crm.OpCreate:
	}
	return crm.Op{}, invalid("Satchel does not know how to do %q.", string(o.Kind))
}

// liveRow finds a record that can still be changed.
func (t *tx) liveRow(ctx context.Context, id crm.LocalID) (*row, error) {
	r, err := rowByLocal(ctx, t, id)
	if errors.Is(err, errNoRow) {
		return nil, notFound("This record is no longer here.")
	}
	if err != nil {
		return nil, err
	}
	if r.is.archived {
		return nil, invalid("%s is archived; it cannot be changed.", r.called())
	}
	return r, nil
}

func (r *row) called() string {
	if r.is.title != "" {
		return "“" + r.is.title + "”"
	}
	return "This " + r.spec.One
}

func (t *tx) enqueueCreate(ctx context.Context, o *op) (crm.Op, error) {
	spec, err := t.kinds().of(o.Type)
	if err != nil {
		return crm.Op{}, err
	}
	if o.Record == "" {
		o.Record = crm.NewLocalID()
	}
	if _, err := rowByLocal(ctx, t, o.Record); err == nil {
		return crm.Op{}, conflict("This record was saved already.")
	} else if !errors.Is(err, errNoRow) {
		return crm.Op{}, err
	}
	o.Fields = slices.DeleteFunc(slices.Clone(o.Fields), func(f crm.Field) bool { return f.Value == "" })
	for i := range o.Fields {
		o.Fields[i].Base = ""
	}
	o.State = crm.Queued
	if err := t.insertOp(ctx, o); err != nil {
		return crm.Op{}, err
	}
	r := &row{spec: spec, local: o.Record, created: o.Made, base: crm.Values{}}
	_, err = t.refresh(ctx, r)
	return o.Op, err
}

// enqueueUpdate stores an edit whose fields have their bases. It is folded into
// a change of the same record that still waits, where there is one.
func (t *tx) enqueueUpdate(ctx context.Context, o *op, r *row) (crm.Op, error) {
	o.Fields = slices.DeleteFunc(slices.Clone(o.Fields), func(f crm.Field) bool { return f.Value == r.value(f.Name) })
	if len(o.Fields) == 0 {
		return o.Op, nil
	}
	did := make([]crm.Field, len(o.Fields)) // as the rep saw it happen
	for i, f := range o.Fields {
		did[i] = crm.Field{Name: f.Name, Base: r.value(f.Name), Value: f.Value}
	}
	pending, err := unfinishedOf(ctx, t, r.local)
	if err != nil {
		return crm.Op{}, err
	}
	stored := o
	into, ok := crm.Coalesce(foldable(pending), o.Op)
	// A create of a record that a pull has found in HubSpot holds values there:
	// a field that is cleared cannot simply leave it.
	if ok && (into.Kind != crm.OpCreate || r.remote == "") {
		if stored, err = t.foldInto(ctx, pending, into, o); err != nil {
			return crm.Op{}, err
		}
	} else {
		o.State = crm.Queued
		if err := t.insertOp(ctx, o); err != nil {
			return crm.Op{}, err
		}
	}
	if _, err := t.exec(ctx, `INSERT INTO act (group_id, op, fields) VALUES (?, ?, ?)`, string(o.Group), string(stored.ID), list(did)); err != nil {
		return crm.Op{}, err
	}
	_, err = t.refresh(ctx, r)
	return stored.Op, err
}

// foldable shows Coalesce the operations that HubSpot may have as such: nothing
// may be folded into them, or across them.
func foldable(pending []*op) []crm.Op {
	out := make([]crm.Op, len(pending))
	for i, p := range pending {
		out[i] = p.Op
		out[i].Fields = slices.Clone(p.Fields)
		if p.Unsure {
			out[i].State = crm.Ambiguous
		}
	}
	return out
}

// foldInto stores a folded operation. An update that is back where it began is
// discarded, with the fields it had for the receipt.
func (t *tx) foldInto(ctx context.Context, pending []*op, into crm.Op, o *op) (*op, error) {
	var p *op
	for _, q := range pending {
		if q.ID == into.ID {
			p = q
		}
	}
	if len(into.Fields) == 0 && p.Kind == crm.OpUpdate {
		return p, t.discard(ctx, p, o.Made, "The edit was taken back.", p.ID)
	}
	p.Fields, p.State, p.Reason, p.NextAt = into.Fields, into.State, into.Reason, into.NextAt
	p.Existing, p.Disputes, p.Attempts = "", nil, 0
	return p, t.saveOp(ctx, p)
}

// enqueueArchive stores an archive. A record that HubSpot never had is simply
// dropped, with everything that waits for it; its row stays until the next
// start, for undo.
func (t *tx) enqueueArchive(ctx context.Context, o *op, r *row) (crm.Op, error) {
	pending, err := unfinishedOf(ctx, t, r.local)
	if err != nil {
		return crm.Op{}, err
	}
	unsent := r.remote == "" && len(pending) > 0 && pending[0].Kind == crm.OpCreate && pending[0].atHome()
	o.State = crm.Queued
	if err := t.insertOp(ctx, o); err != nil {
		return crm.Op{}, err
	}
	if !unsent {
		_, err = t.refresh(ctx, r)
		return o.Op, err
	}
	if err := t.discard(ctx, o, o.Made, "It had not been sent yet.", ""); err != nil {
		return crm.Op{}, err
	}
	if err := t.discardAll(ctx, r.local, o.Made, "The record was archived before it was sent.", o.ID); err != nil {
		return crm.Op{}, err
	}
	r.gone = true
	_, err = t.refresh(ctx, r)
	return o.Op, err
}

// discardAll discards what waits for a record that will never be in HubSpot:
// its own operations and the associations that lead to it. An association that
// may be on its way cannot be: it would need the record.
func (t *tx) discardAll(ctx context.Context, id crm.LocalID, at crm.Millis, reason string, cause crm.OpID) error {
	ops, err := opsWhere(ctx, t, `WHERE (o.record = ?1 OR o.to_record = ?1) AND o.`+unfinished+` ORDER BY o.seq`, string(id))
	if err != nil {
		return err
	}
	for _, o := range ops {
		if !o.atHome() && o.State != crm.Parked {
			return errSending()
		}
		if o, err = opByID(ctx, t, o.ID); err != nil {
			return err
		}
		if o.State.Done() {
			continue // with the activity that it is about
		}
		if err := t.discard(ctx, o, at, reason, cause); err != nil {
			return err
		}
		if o.Record == id {
			continue
		}
		if o.Kind == crm.OpCreate { // of an activity on the record: it goes too
			if err := t.discardAll(ctx, o.Record, at, reason, cause); err != nil {
				return err
			}
			if err := t.setGone(ctx, o.Record, true); err != nil {
				return err
			}
		}
		if err := t.refreshOwners(ctx, []crm.OpID{o.ID}); err != nil {
			return err
		}
	}
	return nil
}

// setGone hides a record that was never sent, or shows it again.
func (t *tx) setGone(ctx context.Context, id crm.LocalID, gone bool) error {
	r, err := rowByLocal(ctx, t, id)
	if errors.Is(err, errNoRow) {
		return nil
	}
	if err != nil || r.remote != "" || r.gone == gone {
		return err
	}
	r.gone = gone
	_, err = t.refresh(ctx, r)
	return err
}

func errSending() error {
	return conflict("This change is being sent to HubSpot. Try again in a moment.")
}

// enqueueLink stores an association or its removal. One that cancels out a
// waiting one takes both away.
func (t *tx) enqueueLink(ctx context.Context, o *op, r *row) (crm.Op, error) {
	to, err := t.liveRow(ctx, o.ToRecord)
	if err != nil {
		return crm.Op{}, err
	}
	o.To, o.ToRecord, o.ToRemote = to.spec.Type, to.local, to.remote
	if to.local == r.local {
		return crm.Op{}, invalid("A record cannot be associated with itself.")
	}
	last, err := t.lastLinkOp(ctx, r.local, to.local)
	if err != nil {
		return crm.Op{}, err
	}
	if last != nil && last.Kind == o.Kind {
		return o.Op, nil
	}
	if last != nil && last.atHome() {
		o.State = crm.Queued
		if err := t.insertOp(ctx, o); err != nil {
			return crm.Op{}, err
		}
		err := errors.Join(
			t.discard(ctx, o, o.Made, "It cancelled out a change that had not been sent.", ""),
			t.discard(ctx, last, o.Made, "It was taken back before it was sent.", o.ID))
		if err != nil {
			return crm.Op{}, err
		}
		return o.Op, t.refreshOwners(ctx, []crm.OpID{o.ID, last.ID})
	}
	if last == nil {
		is, err := t.linked(ctx, r.spec, to.spec, r.remote, to.remote)
		if err != nil {
			return crm.Op{}, err
		}
		if is == (o.Kind == crm.OpAssociate) {
			return o.Op, nil
		}
	}
	o.State = crm.Queued
	if err := t.insertOp(ctx, o); err != nil {
		return crm.Op{}, err
	}
	return o.Op, t.refreshOwners(ctx, []crm.OpID{o.ID})
}

// lastLinkOp is the last unfinished operation on the association of two
// records, in whichever direction it was made; nil when there is none.
func (t *tx) lastLinkOp(ctx context.Context, a, b crm.LocalID) (*op, error) {
	ops, err := opsWhere(ctx, t, `WHERE o.record IN (?1, ?2) AND o.to_record IN (?1, ?2) AND o.kind <> 'create' AND o.`+unfinished+` ORDER BY o.seq DESC LIMIT 1`, string(a), string(b))
	if err != nil || len(ops) == 0 {
		return nil, err
	}
	return ops[0], nil
}
