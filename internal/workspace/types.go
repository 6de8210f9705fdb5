package workspace

import (
	"context"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// TypeChoice is one of the portal's own object types.
type TypeChoice struct {
	crm.CustomType
	Picked bool // it is kept here
	Here   int  // its records
}

// CustomTypes are the object types that the portal made for itself, and which of
// them are kept. HubSpot is asked; where it cannot be, those that are kept are
// listed and note says why there are no others.
func (w *Workspace) CustomTypes(ctx context.Context) (out []TypeChoice, note string, err error) {
	specs, err := w.o.Store.Types(ctx)
	if err != nil {
		return nil, "", err
	}
	counts, err := w.o.Store.Counts(ctx)
	if err != nil {
		return nil, "", err
	}
	there, err := w.customTypes(ctx)
	switch k := crm.KindOf(err); {
	case err == nil:
	case k == crm.Forbidden:
		note = "HubSpot does not show the portal's own object types to this sign-in: the permission crm.schemas.custom.read is missing. An admin can give it; then connect again."
	case k == crm.Canceled, k == crm.Internal, k == crm.Invalid, k == crm.Storage, k == crm.Corrupt:
		return nil, "", err
	default:
		note = crm.Message(err)
	}
	for _, c := range there {
		_, picked := crm.FindSpec(specs, string(c.Type))
		out = append(out, TypeChoice{c, picked, counts[c.Type]})
	}
	for _, s := range specs {
		if s.Custom && !slices.ContainsFunc(out, func(c TypeChoice) bool { return c.Type == s.Type }) {
			out = append(out, TypeChoice{crm.CustomType{Type: s.Type, One: s.One, Many: s.Many}, true, counts[s.Type]})
		}
	}
	return out, note, nil
}

func (w *Workspace) customTypes(ctx context.Context) ([]crm.CustomType, error) {
	remote, err := w.o.Remote()
	if err != nil {
		return nil, err
	}
	return remote.CustomTypes(ctx)
}

// PickTypes makes the portal's own types that are kept exactly these, by id, name
// or label. What is here of one that is given up is removed, which is refused while
// changes of it wait; those of a new one are pulled.
func (w *Workspace) PickTypes(ctx context.Context, names []string) error {
	there, err := w.customTypes(ctx)
	if err != nil {
		return err
	}
	var picked []crm.CustomType
	for _, name := range names {
		i := slices.IndexFunc(there, func(c crm.CustomType) bool { return called(c, name) })
		if i < 0 {
			var known []string
			for _, c := range there {
				known = append(known, c.Many+" ("+string(c.Type)+")")
			}
			if len(known) == 0 {
				return invalid("This portal has no object types of its own, so there is no " + quote(name) + ". Nothing was changed.")
			}
			return invalid("This portal has no object type " + quote(name) + ". It has " + strings.Join(known, ", ") + ". Nothing was changed.")
		}
		if !slices.ContainsFunc(picked, func(c crm.CustomType) bool { return c.Type == there[i].Type }) {
			picked = append(picked, there[i])
		}
	}
	changed, err := w.o.Store.PickTypes(ctx, picked)
	if err != nil || !changed {
		return err
	}
	w.o.Bus.Publish(crm.TopicSchema, crm.TopicSync)
	w.o.Again()
	return nil
}

func called(c crm.CustomType, name string) bool {
	name = strings.TrimSpace(name)
	return name != "" && (string(c.Type) == name || strings.EqualFold(c.Name, name) || strings.EqualFold(c.One, name) || strings.EqualFold(c.Many, name))
}
