package store

import (
	"context"
	"errors"
	"maps"
	"slices"

	"satchel/internal/crm"
)

// Settle stores what became of operations, with what HubSpot's answers said
// about their records, in one transaction. It returns the records whose view or
// badge changed. Outcomes of operations that are done already are ignored.
func (s *Store) Settle(ctx context.Context, out []crm.Outcome) ([]crm.LocalID, error) {
	var changed []crm.LocalID
	err := s.write(ctx, "settle operations", func(ctx context.Context, t *tx) error {
		changed = nil
		for _, oc := range out {
			ids, err := t.settle(ctx, oc)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if !slices.Contains(changed, id) {
					changed = append(changed, id)
				}
			}
		}
		return nil
	})
	return changed, err
}

func (t *tx) settle(ctx context.Context, oc crm.Outcome) ([]crm.LocalID, error) {
	o, err := opByID(ctx, t, oc.Op)
	if err != nil {
		return nil, err
	}
	if o.State.Done() {
		return nil, nil
	}
	r, err := rowByLocal(ctx, t, o.Record)
	if errors.Is(err, errNoRow) {
		r = nil // its record is gone; the operation still gets its end
	} else if err != nil {
		return nil, err
	}
	if r != nil {
		if err := t.settleRow(ctx, r, o, oc); err != nil {
			return nil, err
		}
	}
	o.take(oc)
	if err := t.foldLater(ctx, o, oc.At); err != nil {
		return nil, err
	}
	if r != nil {
		o.RemoteID = r.remote
	}
	if err := t.saveOp(ctx, o); err != nil {
		return nil, err
	}
	if r == nil {
		return nil, nil
	}
	changed, err := t.refresh(ctx, r)
	if err != nil {
		return nil, err
	}
	ids := []crm.LocalID{}
	if changed || o.Kind == crm.OpAssociate || o.Kind == crm.OpDetach {
		ids = append(ids, r.local)
	}
	if o.ToRecord != "" {
		ids = append(ids, o.ToRecord)
	}
	return ids, nil
}

// foldLater folds edits that were made while an operation was on its way into
// it, when HubSpot has refused it: the rep's next correction has to reach what
// was refused. If they change what was refused, it is sent again.
func (t *tx) foldLater(ctx context.Context, o *op, at crm.Millis) error {
	if o.State != crm.Parked || o.Unsure || o.Kind != crm.OpUpdate && (o.Kind != crm.OpCreate || o.RemoteID != "") {
		return nil
	}
	later, err := unfinishedOf(ctx, t, o.Record)
	if err != nil {
		return err
	}
	for _, l := range later {
		if l.Seq <= o.Seq || l.Kind != crm.OpUpdate || l.State != crm.Queued || l.Unsure {
			continue
		}
		held := o.Op
		held.Fields = slices.Clone(held.Fields)
		into, ok := crm.Coalesce([]crm.Op{held}, l.Op)
		if !ok || len(into.Fields) == 0 {
			continue
		}
		o.Fields, o.State, o.Reason, o.Existing, o.Attempts, o.NextAt = into.Fields, into.State, "", "", 0, at
		if _, err := t.exec(ctx, `UPDATE act SET op = ? WHERE op = ?`, string(o.ID), string(l.ID)); err != nil {
			return err
		}
		if err := t.discard(ctx, l, at, "It goes out with the change that it corrects.", o.ID); err != nil {
			return err
		}
	}
	return nil
}

// take moves an operation into its new state.
func (o *op) take(oc crm.Outcome) {
	o.Unsure = !oc.State.Done() && (oc.Unsure || oc.State == crm.Ambiguous)
	o.State, o.Attempts, o.NextAt = oc.State, oc.Attempts, oc.NextAt
	o.unchecked = o.unchecked || oc.Check
	o.Reason, o.Existing, o.Disputes = oc.Reason, oc.Existing, oc.Disputes
	if oc.Answer != "" {
		o.Answer = oc.Answer
	}
	for _, m := range oc.Merged {
		if i, ok := o.field(m.Name); ok {
			o.Fields[i] = m
		}
	}
	for _, name := range oc.Yielded {
		if i, ok := o.field(name); ok {
			o.Fields = slices.Delete(o.Fields, i, i+1)
		}
	}
	for _, name := range oc.Settled {
		if i, ok := o.field(name); ok {
			f := o.Fields[i]
			if oc.Remote != nil {
				f.Stamp = oc.Remote.Modified
			}
			o.settled = append(o.settled, f)
			o.Fields = slices.Delete(o.Fields, i, i+1)
		}
	}
	if o.State.Done() {
		o.Finished, o.NextAt = oc.At, 0
	}
}

// settleRow writes into the record what an outcome says about HubSpot.
func (t *tx) settleRow(ctx context.Context, r *row, o *op, oc crm.Outcome) error {
	fresh := true // whether the answer is at least as new as the base
	if rem := oc.Remote; rem != nil {
		if rem.ID != "" && rem.ID != r.remote {
			if err := t.follow(ctx, r, rem.ID); err != nil {
				return err
			}
		}
		fresh = rem.Modified == 0 || rem.Modified >= r.modified
	}
	if oc.Gone {
		r.gone = true
	}
	if fresh {
		before := r.base
		r.believe(o, oc)
		var err error
		if r.base, err = t.only(ctx, r.spec, r.base); err != nil {
			return err
		}
		if err := t.noteChange(ctx, r, before, o.wrote(oc)); err != nil {
			return err
		}
	}
	if oc.State != crm.Acked {
		return nil
	}
	switch o.Kind {
	case crm.OpCreate:
		if r.remote == "" {
			return &crm.Error{Kind: crm.Internal, Op: "settle create", Err: errors.New("acknowledged without an id")}
		}
		if o.ToRecord != "" {
			return t.settleLink(ctx, r, o)
		}
	case crm.OpArchive:
		r.gone, r.goneAt = true, now() // by the clock that it is compared with
	case crm.OpAssociate, crm.OpDetach:
		return t.settleLink(ctx, r, o)
	case crm.OpUpdate:
	}
	return nil
}

// follow gives a record the id that HubSpot answered with: its first one, or
// the one that it was merged into.
func (t *tx) follow(ctx context.Context, r *row, id crm.RemoteID) error {
	if r.remote == "" {
		_, err := t.adopt(ctx, r, id)
		return err
	}
	return t.rekey(ctx, r, id)
}

// believe lays into the base what was acknowledged and, over it, what HubSpot
// answered: it may have stored a value in another form.
func (r *row) believe(o *op, oc crm.Outcome) {
	said := crm.RemoteRecord{Values: crm.Values{}}
	for _, f := range o.Fields {
		if oc.State == crm.Acked || slices.Contains(oc.Settled, f.Name) {
			said.Values[f.Name] = f.Value
		}
	}
	if oc.Remote != nil {
		said.Created, said.Modified = oc.Remote.Created, oc.Remote.Modified
		maps.Copy(said.Values, oc.Remote.Values)
	}
	if len(said.Values) > 0 || said.Modified != 0 {
		r.absorb(said, nil)
	}
}

// wrote tells what of an answer is the operation's own: what it had to write,
// unless HubSpot has somebody else's value there.
func (o *op) wrote(oc crm.Outcome) func(string) bool {
	return func(name string) bool {
		_, asked := o.field(name)
		return asked && (oc.State == crm.Acked || slices.Contains(oc.Settled, name)) && !slices.Contains(oc.Yielded, name)
	}
}

func (t *tx) settleLink(ctx context.Context, r *row, o *op) error {
	to, err := t.kinds().of(o.To)
	if err != nil {
		return err
	}
	other := o.ToRemote
	if x, err := rowByLocal(ctx, t, o.ToRecord); err == nil {
		other = x.remote
	} else if !errors.Is(err, errNoRow) {
		return err
	}
	if r.remote == "" || other == "" {
		return &crm.Error{Kind: crm.Internal, Op: "settle association", Err: errors.New("acknowledged without ids")}
	}
	if o.Kind != crm.OpDetach {
		return t.associate(ctx, r.spec, to, r.remote, other)
	}
	return t.detach(ctx, r.spec, to, r.remote, other)
}
