package store

import (
	"context"

	"satchel/internal/crm"
)

// Unchecked returns operations of one type whose written values have not been
// compared with the property's history, oldest first, with the values that were
// written as their fields.
func (s *Store) Unchecked(ctx context.Context, limit int) ([]crm.Op, error) {
	var out []crm.Op
	err := s.read(ctx, "read unchecked operations", func(ctx context.Context, q querier) error {
		ops, err := opsWhere(ctx, q, `WHERE o.unchecked = 1 AND o.type = (SELECT type FROM op WHERE unchecked = 1 ORDER BY seq LIMIT 1)
			ORDER BY o.seq LIMIT ?`, limit)
		out = make([]crm.Op, len(ops))
		for i, o := range ops {
			out[i] = o.Op
			out[i].Fields = o.settled
		}
		return err
	})
	return out, err
}

// Checked notes what the history said of written operations: the values of
// others that they replaced unseen, none for most.
func (s *Store) Checked(ctx context.Context, ops []crm.OpID, found map[crm.OpID][]crm.Dispute) error {
	return s.write(ctx, "note checked operations", func(ctx context.Context, t *tx) error {
		for _, id := range ops {
			if _, err := t.exec(ctx, `UPDATE op SET unchecked = 0, overwrote = ? WHERE id = ?`, list(found[id]), string(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Overwritten returns the operations that replaced values of others unseen, the
// last first, until they are dismissed.
func (s *Store) Overwritten(ctx context.Context) ([]crm.Op, error) {
	return s.ops(ctx, "read overwrites", `WHERE o.overwrote <> '[]' ORDER BY o.seq DESC`)
}

// Dismiss ends the report of an overwrite of one field; "" is all of the
// operation's.
func (s *Store) Dismiss(ctx context.Context, id crm.OpID, field string) error {
	return s.write(ctx, "dismiss overwrite", func(ctx context.Context, t *tx) error {
		o, err := opByID(ctx, t, id)
		if err != nil {
			return err
		}
		return t.dismiss(ctx, o, field)
	})
}

func (t *tx) dismiss(ctx context.Context, o *op, field string) error {
	var kept []crm.Dispute
	for _, d := range o.Overwrote {
		if field != "" && d.Field != field {
			kept = append(kept, d)
		}
	}
	if len(kept) == len(o.Overwrote) {
		return notFound("There is no such report any more.")
	}
	_, err := t.exec(ctx, `UPDATE op SET overwrote = ? WHERE id = ?`, list(kept), string(o.ID))
	return err
}

// PutBack gives the fields that an operation overwrote unseen their values back,
// by an edit that is based on what was sent: whoever changed one since is asked.
// "" is all fields. The report ends with it.
func (s *Store) PutBack(ctx context.Context, id crm.OpID, field string, at crm.Millis) (crm.Op, error) {
	var out crm.Op
	err := s.write(ctx, "put back what was overwritten", func(ctx context.Context, t *tx) error {
		o, err := opByID(ctx, t, id)
		if err != nil {
			return err
		}
		r, err := t.liveRow(ctx, o.Record)
		if err != nil {
			return err
		}
		var fields []crm.Field
		for _, d := range o.Overwrote {
			if field == "" || d.Field == field {
				fields = append(fields, crm.Field{Name: d.Field, Base: d.Mine, Value: d.Theirs})
			}
		}
		if err := t.dismiss(ctx, o, field); err != nil {
			return err
		}
		back := &op{Op: crm.Op{Kind: crm.OpUpdate, Type: r.spec.Type, Record: r.local, RemoteID: r.remote, Fields: fields, Made: at, Group: crm.NewOpID()}}
		out, err = t.enqueueUpdate(ctx, back, r)
		return err
	})
	return out, err
}
