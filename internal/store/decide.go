package store

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// change runs fn on one operation and stores what it made of it.
func (s *Store) change(ctx context.Context, what string, id crm.OpID, fn func(context.Context, *tx, *op) error) error {
	return s.write(ctx, what, func(ctx context.Context, t *tx) error {
		o, err := opByID(ctx, t, id)
		if err != nil {
			return err
		}
		if err := fn(ctx, t, o); err != nil {
			return err
		}
		return t.refreshOwners(ctx, []crm.OpID{id})
	})
}

func (t *tx) queue(ctx context.Context, o *op, at crm.Millis) error {
	o.State, o.NextAt, o.Reason, o.Existing, o.Disputes, o.Attempts = crm.Queued, at, "", "", nil, 0
	return t.saveOp(ctx, o)
}

// Retry sends an operation again that was parked, is in conflict or waits. A
// create without a key that may be at HubSpot counts as not sent from then on:
// nobody but the rep can tell, and the rep has.
func (s *Store) Retry(ctx context.Context, id crm.OpID, at crm.Millis) error {
	return s.change(ctx, "retry operation", id, func(ctx context.Context, t *tx, o *op) error {
		switch o.State {
		case crm.Parked, crm.InDispute, crm.RetryWait:
			o.Unsure = o.Unsure && (o.Kind != crm.OpCreate || o.Keyed)
			return t.queue(ctx, o, at)
		case crm.Queued:
			return t.queue(ctx, o, at)
		case crm.Sending, crm.Ambiguous:
			return errSending()
		case crm.Acked, crm.Discarded:
		}
		return invalid("This change is finished; there is nothing to send again.")
	})
}

// Discard takes an operation out of the outbox for good. Discarding a create
// takes the record with it, and everything that waits for it.
func (s *Store) Discard(ctx context.Context, id crm.OpID, at crm.Millis) error {
	return s.change(ctx, "discard operation", id, func(ctx context.Context, t *tx, o *op) error {
		return t.drop(ctx, o, at, "Discarded.")
	})
}

// drop discards an operation that is not at HubSpot, as far as can be known:
// for one that was parked because it cannot be told, the rep has decided.
func (t *tx) drop(ctx context.Context, o *op, at crm.Millis, reason string) error {
	if o.State.Done() {
		return invalid("This change is finished already.")
	}
	if !o.atHome() && o.State != crm.Parked {
		return errSending()
	}
	if o.Kind != crm.OpCreate {
		return t.discard(ctx, o, at, reason, "")
	}
	if err := t.discardAll(ctx, o.Record, at, reason, o.ID); err != nil {
		return err
	}
	if err := t.discard(ctx, o, at, reason, ""); err != nil {
		return err
	}
	r, err := rowByLocal(ctx, t, o.Record)
	if err != nil {
		return err
	}
	if r.remote != "" { // found in HubSpot meanwhile: it is a record like any other
		return nil
	}
	return t.remove(ctx, r)
}

// The choices of Resolve.
const (
	mine   = "mine"
	theirs = "theirs"
)

// Resolve decides a conflict field by field. Mine is sent, now based on what
// HubSpot has; theirs stays. Every field in dispute needs a choice.
func (s *Store) Resolve(ctx context.Context, id crm.OpID, choices map[string]string, at crm.Millis) error {
	return s.change(ctx, "resolve conflict", id, func(ctx context.Context, t *tx, o *op) error {
		if o.State != crm.InDispute || len(o.Disputes) == 0 {
			return invalid("This change is not in conflict any more.")
		}
		fields := slices.Clone(o.Fields)
		for _, d := range o.Disputes {
			i := slices.IndexFunc(fields, func(f crm.Field) bool { return f.Name == d.Field })
			switch choices[d.Field] {
			case mine:
				if i >= 0 {
					fields[i].Base = d.Theirs
				}
			case theirs:
				if i >= 0 {
					fields = slices.Delete(fields, i, i+1)
				}
			default:
				return invalid("Choose a value for every field that is in conflict.")
			}
		}
		if len(fields) == 0 && len(o.settled) > 0 { // its other fields are in HubSpot
			// What stays in dispute is what undo leaves alone.
			o.State, o.Finished, o.NextAt, o.Reason = crm.Acked, at, 0, "HubSpot's values were kept in the other fields."
			return t.saveOp(ctx, o)
		}
		if len(fields) == 0 {
			return t.discard(ctx, o, at, "HubSpot's values were kept.", "")
		}
		o.Fields = fields
		return t.queue(ctx, o, at)
	})
}

// disputed are the fields of an adopted create over which a colleague has
// written something else already.
func disputed(fields []crm.Field) []crm.Dispute {
	var out []crm.Dispute
	for _, f := range fields {
		if f.Base != "" {
			out = append(out, crm.Dispute{Field: f.Name, Mine: f.Value, Theirs: f.Base})
		}
	}
	return out
}

// AdoptExisting makes a create that ran into a record in HubSpot an edit of
// that record: the record here takes its id and base, and what it lacks is sent
// as an update. Fields in which it holds something else are a conflict.
func (s *Store) AdoptExisting(ctx context.Context, id crm.OpID, remote crm.RemoteRecord, at crm.Millis) error {
	return s.change(ctx, "continue with the existing record", id, func(ctx context.Context, t *tx, o *op) error {
		if o.Kind != crm.OpCreate || o.State != crm.Parked {
			return invalid("This change does not wait for a decision about an existing record.")
		}
		if remote.ID == "" || remote.Archived {
			return notFound("The existing record is no longer in HubSpot.")
		}
		r, err := rowByLocal(ctx, t, o.Record)
		if err != nil {
			return err
		}
		if err := t.follow(ctx, r, remote.ID); err != nil {
			return err
		}
		if remote.Modified == 0 || remote.Modified >= r.modified {
			r.absorb(remote, nil)
		}
		var fields []crm.Field
		for _, f := range o.Fields {
			if has := r.base[f.Name]; has != f.Value {
				fields = append(fields, crm.Field{Name: f.Name, Base: has, Value: f.Value})
			}
		}
		o.Kind, o.RemoteID, o.Unsure, o.Keyed = crm.OpUpdate, remote.ID, false, false
		o.Fields = fields
		switch disputes := disputed(fields); {
		case len(fields) == 0:
			err = t.discard(ctx, o, at, "HubSpot has these values already.", "")
		case len(disputes) > 0:
			o.State, o.Disputes, o.Existing, o.NextAt = crm.InDispute, disputes, "", 0
			o.Reason = "The existing record holds other values in these fields. Choose which ones stay."
			err = t.saveOp(ctx, o)
		default:
			err = t.queue(ctx, o, at)
		}
		if err != nil {
			return err
		}
		_, err = t.refresh(ctx, r)
		return err
	})
}
