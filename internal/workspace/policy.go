package workspace

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// PolicyLine is a policy with the name of its property.
type PolicyLine struct {
	crm.PropertyPolicy
	Label string
}

// Policies returns what the rep has decided for whole properties.
func (w *Workspace) Policies(ctx context.Context) ([]PolicyLine, error) {
	all, err := w.o.Store.Policies(ctx)
	if err != nil {
		return nil, err
	}
	labels, err := w.labels(ctx)
	out := make([]PolicyLine, len(all))
	for i, p := range all {
		out[i] = PolicyLine{p, labels[p.Type][p.Property]}
		if out[i].Label == "" {
			out[i].Label = p.Property
		}
	}
	return out, err
}

// SetPolicy decides what becomes of a property's conflicts from now on. Those
// that there are stay for the rep.
func (w *Workspace) SetPolicy(ctx context.Context, name, property string, policy crm.Policy) error {
	spec, err := w.typeOf(ctx, name)
	if err != nil {
		return err
	}
	if !slices.Contains(crm.Policies(), policy) {
		return invalid("A policy is one of ask, mine, theirs and workflow; got " + quote(string(policy)) + ". Nothing was changed.")
	}
	p, err := w.property(ctx, spec, property)
	if err != nil {
		return err
	}
	if err := w.o.Store.SetPolicy(ctx, crm.PropertyPolicy{Type: spec.Type, Property: p.Name, Policy: policy}); err != nil {
		return err
	}
	w.o.Bus.Publish(crm.TopicOutbox)
	return nil
}
