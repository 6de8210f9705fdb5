package doctor

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// Repair has what a report tells of pulled again, and compares that once more:
// the report that it returns says what is left. Definitions come first, and bring
// values with them, so everything is compared anew then. The report is good even
// with an error.
func Repair(ctx context.Context, o Options, m Mender, r Report) (Report, error) {
	ctx = crm.Unhurried(ctx)
	if len(r.Schema) > 0 {
		again, err := mendSchema(ctx, o, m, r)
		if err != nil {
			return again, err
		}
		r = again
	}
	if len(r.Differences) == 0 {
		return r, nil
	}
	ids := map[crm.ObjectType][]crm.RemoteID{}
	for _, d := range r.Differences {
		ids[d.Type] = append(ids[d.Type], d.ID)
		if d.Into != "" {
			ids[d.Type] = append(ids[d.Type], d.Into)
		}
	}
	for t := range ids {
		slices.Sort(ids[t])
		ids[t] = slices.Compact(ids[t])
	}
	c, err := begin(Options{Kept: o.Kept, Remote: o.Remote, Local: o.Local, Asked: o.Asked, Grace: o.Grace, Clock: o.Clock})
	if err != nil {
		return r, err
	}
	for _, s := range c.specs {
		if len(ids[s.Type]) == 0 {
			continue
		}
		if err := m.Reread(ctx, s.Type, ids[s.Type]); err != nil {
			return r, unfinished(ctx, err)
		}
	}
	left, err := c.again(ctx, ids)
	if err != nil {
		return r, unfinished(ctx, err)
	}
	r.settle(left)
	return r, nil
}

// mendSchema pulls the definitions, and compares everything anew.
func mendSchema(ctx context.Context, o Options, m Mender, r Report) (Report, error) {
	if err := m.Schema(ctx); err != nil {
		return r, unfinished(ctx, err)
	}
	again, err := Compare(ctx, o)
	if err != nil {
		return r, err
	}
	for _, d := range r.Schema {
		if !slices.Contains(again.Schema, d) {
			d.Repaired = true
			again.Schema = append(again.Schema, d)
		}
	}
	again.Checks = r.Checks
	return again, nil
}

// again compares records by their ids, with their associations.
func (c *comparison) again(ctx context.Context, ids map[crm.ObjectType][]crm.RemoteID) ([]Difference, error) {
	for _, s := range c.specs {
		if len(ids[s.Type]) == 0 {
			continue
		}
		r, err := c.newReading(ctx, s)
		if err != nil {
			return nil, err
		}
		alive, err := r.confirm(ctx, ids[s.Type], false)
		if err != nil {
			return nil, err
		}
		for _, id := range alive {
			r.linked = append(r.linked, linkable{id: id})
		}
		if err := r.link(ctx); err != nil {
			return nil, err
		}
	}
	if err := c.ends(ctx); err != nil {
		return nil, err
	}
	return c.found.differences(c.specs), nil
}

// settle marks what is not left as repaired.
func (r *Report) settle(left []Difference) {
	still := make(map[key]bool, len(left))
	for _, d := range left {
		still[key{d.Type, d.ID}] = true
	}
	all := slices.Clone(left)
	for _, d := range r.Differences {
		if !still[key{d.Type, d.ID}] {
			d.Repaired = true
			all = append(all, d)
		}
	}
	r.Differences = all
	r.count()
}

// unfinished explains a repair that came to no end.
func unfinished(ctx context.Context, err error) error {
	msg, kind := crm.Message(err), crm.KindOf(err)
	if ctx.Err() != nil {
		msg, kind = "It was stopped.", crm.Canceled
	}
	return &crm.Error{Kind: kind, Op: "repair", Err: err, Msg: "The repair did not come to its end; what it pulled is kept, and satchel doctor --repair may simply be run again. " + msg}
}
