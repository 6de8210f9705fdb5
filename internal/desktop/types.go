package desktop

import (
	"context"

	"satchel/internal/wire"
	"satchel/internal/workspace"
)

// Types is which of the portal's own object types are kept.
type Types struct {
	c *Caller
	w *workspace.Workspace
}

// NewTypes makes the facade.
func NewTypes(c *Caller, w *workspace.Workspace) *Types { return &Types{c, w} }

// List asks HubSpot for them.
func (f *Types) List() (wire.TypeChoices, error) {
	return run(f.c, "Types.List", netTime, f.list)
}

func (f *Types) list(ctx context.Context) (wire.TypeChoices, error) {
	choices, note, err := f.w.CustomTypes(ctx)
	out := wire.TypeChoices{Types: make([]wire.TypeChoice, len(choices)), Note: note}
	for i, c := range choices {
		out.Types[i] = wire.TypeChoice{Type: string(c.Type), Name: c.Name, One: c.One, Many: c.Many, Picked: c.Picked, Here: c.Here}
	}
	return out, err
}

// Pick makes those that are kept exactly these.
func (f *Types) Pick(types []string) (wire.TypeChoices, error) {
	return run(f.c.given(types), "Types.Pick", netTime, func(ctx context.Context) (wire.TypeChoices, error) {
		if err := f.w.PickTypes(ctx, types); err != nil {
			return wire.TypeChoices{}, err
		}
		return f.list(ctx)
	})
}
