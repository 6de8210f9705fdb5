package workspace

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// receiptsShown is how many finished operations the outbox shows.
const receiptsShown = 200

// Queued is an operation with what people need to read it.
type Queued struct {
	crm.Op
	Title   string // of the record
	ToTitle string // of the other record of an association
	Labels  map[string]string
	People  map[string]string // names by HubSpot's user id
}

// Who names the person behind a change in HubSpot, by its source id: userId:7, or
// the id of an app, which is nobody.
func (q Queued) Who(d crm.Dispute) string { return whoIs(q.People, d.Who, d.Source) }

func whoIs(people map[string]string, who, source string) string {
	id, person := strings.CutPrefix(who, "userId:")
	switch name := people[id]; {
	case name != "":
		return name
	case person:
		return id
	case source == "CRM_UI":
		return who
	}
	return ""
}

// people are the names of the portal's owners by HubSpot's user id.
func people(owners []crm.Owner) map[string]string {
	out := map[string]string{}
	for _, o := range owners {
		if o.UserID != "" {
			out[o.UserID] = o.Name()
		}
	}
	return out
}

// Outbox is all that waits, what overwrote a colleague's value unseen, and the
// latest receipts, newest first.
type Outbox struct {
	Open        []Queued
	Overwritten []Queued
	Receipts    []Queued
}

// Outbox reads the outbox.
func (w *Workspace) Outbox(ctx context.Context) (Outbox, error) {
	open, err := w.o.Store.Unfinished(ctx)
	if err != nil {
		return Outbox{}, err
	}
	over, err := w.o.Store.Overwritten(ctx)
	if err != nil {
		return Outbox{}, err
	}
	done, err := w.o.Store.Receipts(ctx, receiptsShown)
	if err != nil {
		return Outbox{}, err
	}
	var ids []crm.LocalID
	for _, op := range slices.Concat(open, over, done) {
		ids = append(ids, op.Record)
		if op.ToRecord != "" {
			ids = append(ids, op.ToRecord)
		}
	}
	briefs, err := w.o.Store.Briefs(ctx, ids)
	if err != nil {
		return Outbox{}, err
	}
	labels, err := w.labels(ctx)
	if err != nil {
		return Outbox{}, err
	}
	owners, err := w.o.Store.Owners(ctx)
	if err != nil {
		return Outbox{}, err
	}
	specs, err := w.o.Store.Types(ctx)
	if err != nil {
		return Outbox{}, err
	}
	named := people(owners)
	tell := func(ops []crm.Op) []Queued {
		out := make([]Queued, len(ops))
		for i, op := range ops {
			title := briefs[op.Record].Title
			if spec, ok := crm.FindSpec(specs, string(op.Type)); ok && title == "" && op.Kind == crm.OpCreate {
				title = spec.TitleOf(op.Values())
			}
			out[i] = Queued{Op: op, Title: title, ToTitle: briefs[op.ToRecord].Title, Labels: labels[op.Type], People: named}
		}
		return out
	}
	explainWaiting(open)
	return Outbox{Open: tell(open), Overwritten: tell(over), Receipts: tell(done)}, nil
}

// explainWaiting says of operations that wait for another one what they wait
// for: nothing in the outbox is without a time or a reason.
func explainWaiting(open []crm.Op) {
	creates := map[crm.LocalID]bool{}
	stuck := map[crm.LocalID]map[string]bool{}
	for i, op := range open {
		needsRep := op.State == crm.Parked || op.State == crm.InDispute
		if !needsRep && op.Reason == "" {
			held := false
			for _, f := range op.Fields {
				held = held || stuck[op.Record][f.Name]
			}
			switch {
			case creates[op.Record] || creates[op.ToRecord]:
				open[i].Reason = "Waits for the new record, which needs you first."
			case held:
				open[i].Reason = "Waits for an earlier change of the same field, which needs you first."
			}
		}
		if !needsRep {
			continue
		}
		if op.Kind == crm.OpCreate {
			creates[op.Record] = true
		}
		if stuck[op.Record] == nil {
			stuck[op.Record] = map[string]bool{}
		}
		for _, f := range op.Fields {
			stuck[op.Record][f.Name] = true
		}
	}
}

func (w *Workspace) labels(ctx context.Context) (map[crm.ObjectType]map[string]string, error) {
	out := map[crm.ObjectType]map[string]string{}
	specs, err := w.o.Store.Types(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range specs {
		props, err := w.o.Store.Properties(ctx, s.Type)
		if err != nil {
			return nil, err
		}
		out[s.Type] = make(map[string]string, len(props))
		for _, p := range props {
			out[s.Type][p.Name] = p.Label
		}
	}
	return out, nil
}

// Retry queues an operation again that was refused, or waits.
func (w *Workspace) Retry(ctx context.Context, id string) error {
	return w.decide(ctx, id, func(op crm.Op) error { return w.o.Store.Retry(ctx, op.ID, w.now()) })
}

// Discard drops an operation that HubSpot certainly does not have, and with a
// create whatever depends on it.
func (w *Workspace) Discard(ctx context.Context, id string) error {
	return w.decide(ctx, id, func(op crm.Op) error { return w.o.Store.Discard(ctx, op.ID, w.now()) })
}

// Resolve decides a conflict, or what overwrote a colleague's value unseen: for
// each field "mine" or "theirs". A
// create that ran into an existing record takes {"": "existing"} and goes on as
// an edit of that record; this is the one act here that asks HubSpot.
func (w *Workspace) Resolve(ctx context.Context, id string, choices map[string]string) error {
	return w.decide(ctx, id, func(op crm.Op) error {
		if len(op.Overwrote) > 0 && op.State.Done() {
			_, err := w.o.Store.ResolveOverwrite(ctx, op.ID, choices, w.now())
			return err
		}
		if op.Kind != crm.OpCreate {
			return w.o.Store.Resolve(ctx, op.ID, choices, w.now())
		}
		if op.Existing == "" || choices[""] != "existing" {
			return invalid("This operation met no existing record; it can be retried or discarded.")
		}
		remote, err := w.o.Remote()
		if err != nil {
			return err
		}
		names := make([]string, len(op.Fields))
		for i, f := range op.Fields {
			names[i] = f.Name
		}
		theirs, err := remote.Get(ctx, op.Type, op.Existing, names)
		if err != nil {
			return err
		}
		return w.o.Store.AdoptExisting(ctx, op.ID, theirs, w.now())
	})
}

func (w *Workspace) decide(ctx context.Context, id string, act func(crm.Op) error) error {
	op, err := w.o.Store.Op(ctx, crm.OpID(id))
	if err != nil {
		return err
	}
	if err := act(op); err != nil {
		return err
	}
	w.acted([]crm.Op{op})
	return nil
}

func keys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
