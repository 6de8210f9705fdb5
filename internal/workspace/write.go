package workspace

import (
	"context"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// archiveHold is how long an archive waits in the outbox: HubSpot's API cannot
// restore an archived record, so this is when undo is free.
const archiveHold crm.Millis = 30_000

// Target names a record by type and id, local or HubSpot's.
type Target struct {
	Type string
	ID   string
}

// Acted is what an act of the rep led to.
type Acted struct {
	ID        crm.LocalID
	RemoteID  crm.RemoteID
	Changed   bool       // false: nothing was different
	Undo      crm.OpID   // names the act for Undo; "" when there is nothing to undo
	UndoUntil crm.Millis // 0: no end
}

// Create makes a record here and queues its create, and its associations with
// links after it.
func (w *Workspace) Create(ctx context.Context, name string, values crm.Values, links []Target) (Acted, error) {
	spec, err := w.typeOf(ctx, name)
	if err != nil {
		return Acted{}, err
	}
	if values, err = w.createValues(ctx, spec, values); err != nil {
		return Acted{}, err
	}
	id := crm.NewLocalID()
	op := crm.Op{ID: crm.NewOpID(), Kind: crm.OpCreate, Type: spec.Type, Record: id, State: crm.Queued, Made: w.now()}
	op.Group = op.ID
	for _, n := range slices.Sorted(keys(values)) {
		if values[n] != "" {
			op.Fields = append(op.Fields, crm.Field{Name: n, Value: values[n]})
		}
	}
	ops := []crm.Op{op}
	for _, l := range links {
		to, err := w.target(ctx, l)
		if err != nil {
			return Acted{}, err
		}
		if !slices.Contains(spec.Links, to.Type) {
			return Acted{}, invalid("Satchel cannot associate " + string(spec.Type) + " with " + string(to.Type) + " yet.")
		}
		ops = append(ops, crm.Op{
			ID: crm.NewOpID(), Kind: crm.OpAssociate, Type: spec.Type, Record: id,
			To: to.Type, ToRecord: to.ID, State: crm.Queued, Made: w.now(), Group: op.ID,
		})
	}
	return w.enqueue(ctx, ops, nil)
}

// createValues fills in what a new record cannot do without and checks it.
func (w *Workspace) createValues(ctx context.Context, spec crm.Spec, in crm.Values) (crm.Values, error) {
	values := in.Clone()
	if values == nil {
		values = crm.Values{}
	}
	values, err := w.normal(ctx, spec, values)
	if err != nil {
		return nil, err
	}
	if spec.Pipeline != "" {
		if err := w.firstStage(ctx, spec, values); err != nil {
			return nil, err
		}
	}
	bad := map[string]string{}
	for _, n := range spec.Required {
		if values[n] == "" {
			bad[n] = "A new " + spec.One + " needs " + n + "."
		}
	}
	given := len(spec.RequiredAny) == 0 || slices.ContainsFunc(spec.RequiredAny, func(n string) bool { return values[n] != "" })
	if !given {
		msg := "A new " + spec.One + " needs one of " + strings.Join(spec.RequiredAny, ", ") + "."
		bad[spec.RequiredAny[0]] = msg
	}
	if len(bad) > 0 {
		var msgs []string
		for _, n := range slices.Sorted(keys(bad)) {
			msgs = append(msgs, bad[n])
		}
		return nil, &crm.Error{Kind: crm.Invalid, Msg: strings.Join(msgs, " "), Fields: bad}
	}
	return values, nil
}

// firstStage gives a new deal or ticket the first pipeline and its first stage
// where the rep named none, and the pipeline of the stage where only that was
// named.
func (w *Workspace) firstStage(ctx context.Context, spec crm.Spec, values crm.Values) error {
	if values[spec.Stage] != "" && values[spec.Pipeline] == "" {
		p, _, err := w.stage(ctx, spec, values[spec.Stage])
		if err != nil {
			return err
		}
		values[spec.Pipeline] = p.ID
	}
	pipes, err := w.o.Store.Pipelines(ctx, spec.Type)
	if err != nil || len(pipes) == 0 {
		return err
	}
	if values[spec.Pipeline] == "" {
		values[spec.Pipeline] = pipes[0].ID
	}
	if values[spec.Stage] != "" {
		return nil
	}
	for _, p := range pipes {
		if p.ID == values[spec.Pipeline] && len(p.Stages) > 0 {
			values[spec.Stage] = p.Stages[0].ID
		}
	}
	return nil
}

// Edit changes properties. seen are the values that were on screen when the
// rep began; it may be nil.
func (w *Workspace) Edit(ctx context.Context, at Target, values, seen crm.Values) (Acted, error) {
	r, err := w.target(ctx, at)
	if err != nil {
		return Acted{}, err
	}
	spec, err := w.typeOf(ctx, string(r.Type))
	if err != nil {
		return Acted{}, err
	}
	if r.Archived {
		return Acted{}, &crm.Error{Kind: crm.NotFound, Msg: "This record was deleted in HubSpot; it can be read here, but not edited. Nothing was changed."}
	}
	if values, err = w.normal(ctx, spec, values); err != nil {
		return Acted{}, err
	}
	if len(values) == 0 {
		return Acted{}, invalid("No property was given. Nothing was changed.")
	}
	if stage := values[spec.Stage]; spec.Stage != "" && stage != "" && values[spec.Pipeline] == "" {
		p, _, err := w.stage(ctx, spec, stage)
		if err != nil {
			return Acted{}, err
		}
		if p.ID != r.View()[spec.Pipeline] {
			values[spec.Pipeline] = p.ID
		}
	} else if spec.Pipeline != "" && stage == "" && values[spec.Pipeline] != "" && values[spec.Pipeline] != r.View()[spec.Pipeline] {
		// HubSpot keeps no stage of one pipeline in another
		if err := w.firstStage(ctx, spec, values); err != nil {
			return Acted{}, err
		}
	}
	op := crm.Op{ID: crm.NewOpID(), Kind: crm.OpUpdate, Type: r.Type, Record: r.ID, State: crm.Queued, Made: w.now()}
	op.Group = op.ID
	for _, n := range slices.Sorted(keys(values)) {
		op.Fields = append(op.Fields, crm.Field{Name: n, Value: values[n]})
	}
	return w.enqueue(ctx, []crm.Op{op}, map[crm.LocalID]crm.Values{r.ID: seen})
}

// Archive queues the record's move to HubSpot's recycle bin. It leaves the
// lists at once and HubSpot half a minute later; until then undo is free.
func (w *Workspace) Archive(ctx context.Context, at Target) (Acted, error) {
	r, err := w.target(ctx, at)
	if err != nil {
		return Acted{}, err
	}
	op := crm.Op{ID: crm.NewOpID(), Kind: crm.OpArchive, Type: r.Type, Record: r.ID, State: crm.Queued, Made: w.now()}
	op.Group, op.NextAt = op.ID, op.Made+archiveHold
	a, err := w.enqueue(ctx, []crm.Op{op}, nil)
	a.UndoUntil = op.NextAt
	return a, err
}

// Associate queues an association of two records.
func (w *Workspace) Associate(ctx context.Context, from, to Target) (Acted, error) {
	return w.link(ctx, crm.OpAssociate, from, to)
}

// Detach queues the end of an association.
func (w *Workspace) Detach(ctx context.Context, from, to Target) (Acted, error) {
	return w.link(ctx, crm.OpDetach, from, to)
}

func (w *Workspace) link(ctx context.Context, kind crm.OpKind, from, to Target) (Acted, error) {
	a, err := w.target(ctx, from)
	if err != nil {
		return Acted{}, err
	}
	b, err := w.target(ctx, to)
	if err != nil {
		return Acted{}, err
	}
	spec, err := w.typeOf(ctx, string(a.Type))
	if err != nil {
		return Acted{}, err
	}
	if !slices.Contains(spec.Links, b.Type) {
		return Acted{}, invalid("Satchel cannot associate " + string(a.Type) + " with " + string(b.Type) + " yet. Nothing was changed.")
	}
	op := crm.Op{
		ID: crm.NewOpID(), Kind: kind, Type: a.Type, Record: a.ID, To: b.Type, ToRecord: b.ID,
		State: crm.Queued, Made: w.now(),
	}
	op.Group = op.ID
	return w.enqueue(ctx, []crm.Op{op}, nil)
}

// enqueue stores an act and says what came of it. An operation that comes back
// without a state had nothing to change.
func (w *Workspace) enqueue(ctx context.Context, ops []crm.Op, seen map[crm.LocalID]crm.Values) (Acted, error) {
	stored, err := w.o.Store.Enqueue(ctx, ops, seen)
	if err != nil {
		return Acted{}, err
	}
	first := stored[0]
	a := Acted{ID: first.Record, RemoteID: first.RemoteID}
	for _, op := range stored {
		a.Changed = a.Changed || op.State != ""
	}
	if a.Changed {
		a.Undo = first.Group
		w.acted(stored)
	}
	return a, nil
}

// Undo takes an act of the rep back.
func (w *Workspace) Undo(ctx context.Context, act string) (crm.Undone, error) {
	ops, err := w.o.Store.OpsOf(ctx, crm.OpID(act))
	if err != nil {
		return crm.Undone{}, err
	}
	if len(ops) == 0 {
		return crm.Undone{}, &crm.Error{Kind: crm.NotFound, Msg: "There is nothing to undo any more: the change was taken back already, or folded into a later one."}
	}
	done, err := w.o.Store.Undo(ctx, crm.OpID(act), w.now())
	if err != nil {
		return done, err
	}
	w.acted(ops)
	return done, nil
}

// target finds a record by type and id.
func (w *Workspace) target(ctx context.Context, at Target) (crm.Record, error) {
	spec, err := w.typeOf(ctx, at.Type)
	if err != nil {
		return crm.Record{}, err
	}
	return w.o.Store.Record(ctx, spec.Type, strings.TrimSpace(at.ID))
}
