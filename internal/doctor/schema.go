package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"satchel/internal/crm"
)

const schemaDiffers = "differs"

// schema compares what records are made of. It looks twice, as for records.
func (c *comparison) schema(ctx context.Context) ([]SchemaDiff, error) {
	var out []SchemaDiff
	for _, s := range c.specs {
		if s.Activity {
			continue // the same in every portal: Satchel knows those that it uses
		}
		found, err := twice(ctx, func(ctx context.Context) ([]SchemaDiff, error) { return c.schemaOf(ctx, s) })
		if err != nil {
			return out, fmt.Errorf("schema of %s: %w", s.Type, err)
		}
		out = append(out, found...)
	}
	found, err := twice(ctx, c.owners)
	if err != nil {
		return out, fmt.Errorf("owners: %w", err)
	}
	return append(out, found...), nil
}

func twice(ctx context.Context, look func(context.Context) ([]SchemaDiff, error)) ([]SchemaDiff, error) {
	first, err := look(ctx)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	second, err := look(ctx)
	return slices.DeleteFunc(second, func(d SchemaDiff) bool { return !slices.Contains(first, d) }), err
}

func (c *comparison) schemaOf(ctx context.Context, s crm.Spec) ([]SchemaDiff, error) {
	there, here, shown, err := both(ctx, s.Type, c.Remote.Properties, c.Local.Properties)
	if err != nil {
		return nil, err
	}
	var out []SchemaDiff
	if shown {
		out = definitions(s.Type, "property", there, here, func(p crm.Property) string { return p.Name })
	}
	if s.Pipeline == "" {
		return out, nil
	}
	pipes, ours, shown, err := both(ctx, s.Type, c.Remote.Pipelines, c.Local.Pipelines)
	if err != nil || !shown {
		return out, err
	}
	return append(out, definitions(s.Type, "pipeline", pipes, ours, func(p crm.Pipeline) string { return p.ID })...), nil
}

func (c *comparison) owners(ctx context.Context) ([]SchemaDiff, error) {
	ask := func(f func(context.Context) ([]crm.Owner, error)) func(context.Context, crm.ObjectType) ([]crm.Owner, error) {
		return func(ctx context.Context, _ crm.ObjectType) ([]crm.Owner, error) { return f(ctx) }
	}
	there, here, shown, err := both(ctx, "", ask(c.Remote.Owners), ask(c.Local.Owners))
	if err != nil || !shown {
		return nil, err
	}
	return definitions("", "owner", there, here, func(o crm.Owner) string { return string(o.ID) }), nil
}

// both reads HubSpot's definitions and then ours; shown is false where HubSpot
// does not show them to this sign-in.
func both[T any](ctx context.Context, t crm.ObjectType, remote, local func(context.Context, crm.ObjectType) ([]T, error)) (there, here []T, shown bool, err error) {
	there, err = remote(ctx, t)
	if crm.KindOf(err) == crm.Forbidden && err != nil {
		return nil, nil, false, nil //nolint:nilerr // what is not shown is not compared
	}
	if err != nil {
		return nil, nil, false, err
	}
	here, err = local(ctx, t)
	return there, here, true, err
}

// definitions compares by name, whatever the order.
func definitions[T any](t crm.ObjectType, what string, there, here []T, name func(T) string) []SchemaDiff {
	var out []SchemaDiff
	note := func(name, how string) { out = append(out, SchemaDiff{Type: t, What: what, Name: name, How: how}) }
	ours := make(map[string]string, len(here))
	for _, d := range here {
		ours[name(d)] = written(d)
	}
	met := make(map[string]bool, len(there))
	for _, d := range there {
		met[name(d)] = true
		switch had, ok := ours[name(d)]; {
		case !ok:
			note(name(d), LinkMissing)
		case had != written(d):
			note(name(d), schemaDiffers)
		}
	}
	for _, d := range here {
		if !met[name(d)] {
			note(name(d), LinkExtra)
		}
	}
	return out
}

// written is a definition as it is kept: JSON knows no difference between no
// options and none.
func written(d any) string {
	b, err := json.Marshal(d)
	if err != nil {
		return err.Error() // texts, numbers and lists of them: it cannot happen
	}
	return string(b)
}
