package store

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// Unchecked returns operations of one type whose written values have not been
// compared with the property's history, oldest first, with the values that were
// written, or may have been, as their fields.
func (s *Store) Unchecked(ctx context.Context, limit int) ([]crm.Op, error) {
	var out []crm.Op
	err := s.read(ctx, "read unchecked operations", func(ctx context.Context, q querier) error {
		ops, err := opsWhere(ctx, q, `WHERE o.unchecked = 1 AND o.type = (SELECT type FROM op WHERE unchecked = 1 ORDER BY seq LIMIT 1)
			ORDER BY o.seq LIMIT ?`, limit)
		out = make([]crm.Op, len(ops))
		for i, o := range ops {
			out[i] = o.Op
			out[i].Fields = o.settled
			if o.Unsure { // it may have been written all the same
				out[i].Fields = slices.Concat(o.settled, o.Fields)
			}
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

// Overwritten returns the finished operations that replaced values of others
// unseen, the last first, until the rep has decided about them.
func (s *Store) Overwritten(ctx context.Context) ([]crm.Op, error) {
	return s.ops(ctx, "read overwrites", `WHERE o.overwrote <> '[]' AND o.state IN ('acked', 'discarded') ORDER BY o.seq DESC`)
}

// ResolveOverwrite decides about values of others that an operation replaced
// unseen, field by field: mine stays, theirs is put back by an edit that is based
// on what was sent, so that whoever changed it since is asked. Every such field
// needs a choice; the report ends with it. The operation is the edit, without a
// state when nothing is put back.
func (s *Store) ResolveOverwrite(ctx context.Context, id crm.OpID, choices map[string]string, at crm.Millis) (crm.Op, error) {
	var out crm.Op
	err := s.write(ctx, "resolve overwrite", func(ctx context.Context, t *tx) error {
		out = crm.Op{}
		o, err := opByID(ctx, t, id)
		if err != nil {
			return err
		}
		if len(o.Overwrote) == 0 {
			return invalid("There is nothing to decide about this change any more.")
		}
		var fields []crm.Field
		for _, d := range o.Overwrote {
			switch choices[d.Field] {
			case mine:
			case theirs:
				fields = append(fields, crm.Field{Name: d.Field, Base: d.Mine, Value: d.Theirs})
			default:
				return invalid("Choose a value for every field that was overwritten.")
			}
		}
		if _, err := t.exec(ctx, `UPDATE op SET overwrote = '[]' WHERE id = ?`, string(id)); err != nil || len(fields) == 0 {
			return err
		}
		r, err := t.liveRow(ctx, o.Record)
		if err != nil {
			return err
		}
		back := &op{Op: crm.Op{Kind: crm.OpUpdate, Type: r.spec.Type, Record: r.local, RemoteID: r.remote, Fields: fields, Made: at, Group: crm.NewOpID()}}
		out, err = t.enqueueUpdate(ctx, back, r)
		return err
	})
	return out, err
}
