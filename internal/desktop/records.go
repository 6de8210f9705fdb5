package desktop

import (
	"context"

	"satchel/internal/crm"
	"satchel/internal/wire"
	"satchel/internal/workspace"
)

// Records is lists, search, records and edits.
type Records struct {
	c      *Caller
	w      *workspace.Workspace
	looks  *Looks
	screen Screen
}

// Screen is told what is on screen, so that it is kept fresh.
type Screen interface {
	SetFocus(t crm.ObjectType)
	Show(t crm.ObjectType, id crm.RemoteID, local crm.LocalID)
	// Fresh is when a record was last known to be as in HubSpot; 0 for not since the
	// start.
	Fresh(t crm.ObjectType, id crm.RemoteID) crm.Millis
}

// NewRecords makes the facade. Lists that take long are told to looks.
func NewRecords(c *Caller, w *workspace.Workspace, looks *Looks, screen Screen) *Records {
	return &Records{c, w, looks, screen}
}

// Schema describes a type.
func (f *Records) Schema(typ string) (wire.Schema, error) {
	return run(f.c.given(typ), "Records.Schema", callTime, func(ctx context.Context) (wire.Schema, error) {
		s, err := f.w.Schema(ctx, typ)
		return wireSchema(s), err
	})
}

// List answers a window of a list.
func (f *Records) List(q wire.ListQuery) (wire.ListPage, error) {
	return run(f.c.given(q), "Records.List", callTime, func(ctx context.Context) (wire.ListPage, error) {
		ctx, end := f.looks.watch(ctx, q.Look)
		defer end()
		query := crm.ListQuery{
			Type: crm.ObjectType(q.Type), Text: q.Text, Sort: crm.Sort(q.Sort), Offset: q.Offset, Limit: q.Limit,
		}
		for _, x := range q.Filters {
			query.Filters = append(query.Filters, crm.Filter{Prop: x.Prop, Op: crm.FilterOp(x.Op), Value: x.Value})
		}
		page, err := f.w.List(ctx, query, q.Mine)
		if err != nil {
			return wire.ListPage{}, err
		}
		f.screen.SetFocus(crm.ObjectType(q.Type))
		return wirePage(q, page), nil
	})
}

// Get opens a record.
func (f *Records) Get(typ, id string) (wire.Record, error) {
	return run(f.c.given(typ, id), "Records.Get", callTime, func(ctx context.Context) (wire.Record, error) {
		v, err := f.w.Open(ctx, typ, id)
		if err != nil {
			return wire.Record{}, err
		}
		out := wireRecord(v)
		out.Fresh = int64(f.screen.Fresh(v.Type, v.RemoteID))
		f.screen.Show(v.Type, v.RemoteID, v.ID)
		return out, nil
	})
}

// Create makes a record here.
func (f *Records) Create(r wire.CreateRequest) (wire.EditResult, error) {
	return run(f.c.given(r), "Records.Create", callTime, func(ctx context.Context) (wire.EditResult, error) {
		var links []workspace.Target
		for _, l := range r.Links {
			links = append(links, workspace.Target{Type: l.Type, ID: l.ID})
		}
		a, err := f.w.Create(ctx, r.Type, r.Values, links)
		return wireActed(a), err
	})
}

// Edit changes properties.
func (f *Records) Edit(r wire.EditRequest) (wire.EditResult, error) {
	return run(f.c.given(r), "Records.Edit", callTime, func(ctx context.Context) (wire.EditResult, error) {
		a, err := f.w.Edit(ctx, workspace.Target{Type: r.Type, ID: r.ID}, r.Values, r.Seen)
		return wireActed(a), err
	})
}

// Check says what HubSpot would refuse of values that are being typed.
func (f *Records) Check(r wire.CheckRequest) (wire.Checked, error) {
	return run(f.c.given(r), "Records.Check", callTime, func(ctx context.Context) (wire.Checked, error) {
		c, err := f.w.Check(ctx, workspace.Target{Type: r.Type, ID: r.ID}, r.Values)
		return wire.Checked(c), err
	})
}

// Archive queues a record's move to HubSpot's recycle bin.
func (f *Records) Archive(typ, id string) (wire.EditResult, error) {
	return run(f.c.given(typ, id), "Records.Archive", callTime, func(ctx context.Context) (wire.EditResult, error) {
		a, err := f.w.Archive(ctx, workspace.Target{Type: typ, ID: id})
		return wireActed(a), err
	})
}

// Associate queues an association.
func (f *Records) Associate(r wire.LinkRequest) (wire.EditResult, error) {
	return run(f.c.given(r), "Records.Associate", callTime, func(ctx context.Context) (wire.EditResult, error) {
		a, err := f.w.Associate(ctx, workspace.Target{Type: r.Type, ID: r.ID}, workspace.Target{Type: r.ToType, ID: r.ToID})
		return wireActed(a), err
	})
}

// Detach queues the end of an association.
func (f *Records) Detach(r wire.LinkRequest) (wire.EditResult, error) {
	return run(f.c.given(r), "Records.Detach", callTime, func(ctx context.Context) (wire.EditResult, error) {
		a, err := f.w.Detach(ctx, workspace.Target{Type: r.Type, ID: r.ID}, workspace.Target{Type: r.ToType, ID: r.ToID})
		return wireActed(a), err
	})
}

// Undo takes an act back.
func (f *Records) Undo(act string) error {
	return do(f.c.given(act), "Records.Undo", callTime, func(ctx context.Context) error {
		_, err := f.w.Undo(ctx, act)
		return err
	})
}

// Search finds records by text.
func (f *Records) Search(q wire.SearchQuery) (wire.SearchPage, error) {
	return run(f.c.given(q), "Records.Search", callTime, func(ctx context.Context) (wire.SearchPage, error) {
		hits, err := f.w.Search(ctx, q.Text, q.Type, q.Limit)
		out := wire.SearchPage{Token: q.Token, Hits: make([]wire.Ref, len(hits))}
		for i, h := range hits {
			out.Hits[i] = wireRef(h)
		}
		return out, err
	})
}

// Counts are the numbers shown in the navigation.
func (f *Records) Counts() (wire.Counts, error) {
	return run(f.c, "Records.Counts", callTime, func(ctx context.Context) (wire.Counts, error) {
		counts, waiting, err := f.w.Counts(ctx)
		out := wire.Counts{Types: map[string]int{}, Outbox: waiting}
		for t, n := range counts {
			out.Types[string(t)] = n
		}
		return out, err
	})
}
