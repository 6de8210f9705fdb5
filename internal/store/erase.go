package store

import (
	"context"
	"errors"
	"slices"

	"satchel/internal/crm"
)

// msgErased is why an edit ends whose property is not to be kept.
const msgErased = "HubSpot marks this property as sensitive now. Satchel keeps nothing of such properties, so the change was taken out; make it in HubSpot."

// Erase takes the values of properties of a type out of the copy for good: out of
// the records, of search and of receipts, and with edits also out of operations
// that wait; one that has nothing left is discarded with a reason. Backups and
// damaged databases that were put aside go too when anything was found. It does
// nothing and answers false when such an operation is being sent.
func (s *Store) Erase(ctx context.Context, t crm.ObjectType, props []string, edits bool) (bool, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return false, err
	}
	done, found := true, false
	err = s.write(ctx, "erase properties", func(ctx context.Context, tx *tx) error {
		done, found = true, false
		e := &eraser{tx: tx, props: props, edits: edits}
		if err := e.ops(ctx, t); err != nil {
			return err
		}
		if done = !e.sending; !done {
			return nil
		}
		if err := errors.Join(e.rows(ctx, spec), e.news(ctx, t)); err != nil {
			return err
		}
		found = e.found
		return nil
	})
	if err != nil || !found {
		return done, err
	}
	if err := s.wipeFiles(); err != nil {
		return true, fail("wipe backups", err)
	}
	if err := s.settleLog(ctx); err != nil {
		return true, err
	}
	return true, s.BackUpDaily(ctx)
}

// eraser is one Erase.
type eraser struct {
	*tx
	props   []string
	edits   bool
	found   bool
	sending bool
}

func (e *eraser) has(f crm.Field) bool { return slices.Contains(e.props, f.Name) }

// ops takes the fields out of operations. It only looks at all of them first, so
// that nothing has changed when one is being sent.
func (e *eraser) ops(ctx context.Context, t crm.ObjectType) error {
	all, err := opsWhere(ctx, e.tx, `WHERE o.type = ?`, string(t))
	if err != nil {
		return err
	}
	of := slices.DeleteFunc(all, func(o *op) bool {
		return !o.State.Done() && !e.edits || !slices.ContainsFunc(o.Fields, e.has) && !slices.ContainsFunc(o.settled, e.has)
	})
	for _, o := range of {
		e.sending = e.sending || o.State == crm.Sending
	}
	if e.sending {
		return nil
	}
	for _, o := range of {
		e.found = true
		o.Fields = slices.DeleteFunc(o.Fields, e.has)
		o.settled = slices.DeleteFunc(o.settled, e.has)
		o.Disputes = slices.DeleteFunc(o.Disputes, func(d crm.Dispute) bool { return slices.Contains(e.props, d.Field) })
		o.Overwrote = slices.DeleteFunc(o.Overwrote, func(d crm.Dispute) bool { return slices.Contains(e.props, d.Field) })
		if err := e.saveErased(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (e *eraser) saveErased(ctx context.Context, o *op) error {
	if _, err := e.exec(ctx, `UPDATE op SET overwrote = ? WHERE seq = ?`, list(o.Overwrote), o.Seq); err != nil {
		return err
	}
	if _, err := e.exec(ctx, `DELETE FROM act WHERE op = ?`, string(o.ID)); err != nil { // what undo would put back
		return err
	}
	if !o.State.Done() && o.Kind == crm.OpUpdate && len(o.Fields) == 0 {
		return e.discard(ctx, o, now(), msgErased, "")
	}
	return e.saveOp(ctx, o)
}

// rows takes the values out of the records, and derives the others again from
// operations that have lost a field.
func (e *eraser) rows(ctx context.Context, spec crm.Spec) error {
	last := (spec.Number + 1) << typeShift
	for after := spec.Number << typeShift; ; {
		rows, err := scanRows(ctx, e.tx, `SELECT `+rowColumns+` FROM record r WHERE r.id >= ? AND r.id < ? ORDER BY r.id LIMIT 500`, after, last)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			after = r.id + 1
			touched := false
			for _, p := range e.props {
				_, base := r.base[p]
				_, over := r.overlay[p]
				delete(r.base, p)
				touched = touched || base || over && e.edits
			}
			if !touched {
				continue
			}
			e.found = true
			if _, err := e.refresh(ctx, r); err != nil {
				return err
			}
		}
	}
}

// news takes what is told of the properties out of the news, and of a type's
// title, which a merge is told with.
func (e *eraser) news(ctx context.Context, t crm.ObjectType) error {
	n, err := e.exec(ctx, `DELETE FROM news WHERE type = ?1 AND (kind = ?2 AND name IN (SELECT value FROM json_each(?3)) OR kind = ?4)`,
		string(t), string(crm.NewsProperty), asJSON(e.props), string(crm.NewsMerged))
	e.found = e.found || n > 0
	return err
}

// kept says which properties of a type the copy may hold: those whose definitions
// are here, and those that the program cannot do without, which are HubSpot's own
// and never sensitive. nil stands for all, as long as there are no definitions;
// those of activities are known.
func (t *tx) kept(ctx context.Context, spec crm.Spec) (map[string]bool, error) {
	if known, ok := t.keeps[spec.Number]; ok {
		return known, nil
	}
	names, err := column[string](ctx, t, `SELECT body ->> '$.Name' FROM property WHERE type = ?`, string(spec.Type))
	if err != nil {
		return nil, err
	}
	var out map[string]bool
	if len(names) == 0 {
		for _, p := range crm.ActivityProperties(spec.Type) {
			names = append(names, p.Name)
		}
	}
	if len(names) > 0 {
		out = map[string]bool{}
		names = slices.Concat(names, []string{"hs_object_id", mergedProperty, spec.Modified, crm.KeyProperty, spec.Fallback, "createdate", "hs_createdate", ownerProperty},
			spec.Title, spec.Search, spec.Text, spec.Numeric, spec.Required, spec.RequiredAny)
		for _, n := range names {
			out[n] = true
		}
	}
	if t.keeps == nil {
		t.keeps = map[int64]map[string]bool{}
	}
	t.keeps[spec.Number] = out
	return out, nil
}

// only are the values that the copy may hold.
func (t *tx) only(ctx context.Context, spec crm.Spec, v crm.Values) (crm.Values, error) {
	known, err := t.kept(ctx, spec)
	if err != nil || known == nil {
		return v, err
	}
	out := make(crm.Values, len(v))
	for name, value := range v {
		if known[name] {
			out[name] = value
		}
	}
	return out, nil
}
