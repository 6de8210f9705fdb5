package pull

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// Asked names the properties that a pull asks for, in order: every one of the
// schema that is not hidden, and those that the program cannot do without. It is
// nil for a type that is not pulled.
func (e *Engine) Asked(ctx context.Context, t crm.ObjectType) ([]string, error) {
	specs, err := e.types(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(specs, func(s crm.Spec) bool { return s.Type == t })
	if i < 0 {
		return nil, nil
	}
	return e.props(ctx, specs[i])
}
