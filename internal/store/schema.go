package store

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// The definitions are kept as JSON: they are read whole, and never searched.

// SaveProperties replaces a type's property definitions, and says whether that
// changed anything.
func (s *Store) SaveProperties(ctx context.Context, t crm.ObjectType, ps []crm.Property) (bool, error) {
	changed, err := saveDefinitions(ctx, s, "property", t, ps)
	if changed {
		s.forgetTypes()
	}
	return changed, err
}

// SavePipelines replaces a type's pipelines, and says whether that changed
// anything.
func (s *Store) SavePipelines(ctx context.Context, t crm.ObjectType, ps []crm.Pipeline) (bool, error) {
	return saveDefinitions(ctx, s, "pipeline", t, ps)
}

// Properties returns a type's property definitions, in the order in which they
// were saved.
func (s *Store) Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error) {
	props, err := definitions[crm.Property](ctx, s, "property", t)
	if len(props) == 0 && err == nil {
		props = crm.ActivityProperties(t)
	}
	return props, err
}

// Pipelines returns a type's pipelines, in the order in which they were saved.
func (s *Store) Pipelines(ctx context.Context, t crm.ObjectType) ([]crm.Pipeline, error) {
	return definitions[crm.Pipeline](ctx, s, "pipeline", t)
}

func saveDefinitions[T any](ctx context.Context, s *Store, table string, t crm.ObjectType, defs []T) (changed bool, err error) {
	err = s.write(ctx, "save "+table, func(ctx context.Context, tx *tx) error {
		have, err := column[string](ctx, tx, `SELECT body FROM `+table+` WHERE type = ? ORDER BY pos`, string(t))
		if err != nil {
			return err
		}
		want := bodies(defs)
		if slices.Equal(have, want) {
			return nil
		}
		changed = true
		if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE type = ?`, string(t)); err != nil {
			return err
		}
		for i, body := range want {
			if _, err := tx.exec(ctx, `INSERT INTO `+table+` (type, pos, body) VALUES (?, ?, ?)`, string(t), i, body); err != nil {
				return err
			}
		}
		return nil
	})
	return changed && err == nil, err
}

func definitions[T any](ctx context.Context, s *Store, table string, t crm.ObjectType) ([]T, error) {
	var out []T
	err := s.read(ctx, "read "+table, func(ctx context.Context, q querier) error {
		have, err := column[string](ctx, q, `SELECT body FROM `+table+` WHERE type = ? ORDER BY pos`, string(t))
		if err != nil {
			return err
		}
		out, err = decodeAll[T](have)
		return err
	})
	return out, err
}

// SaveOwners replaces the owners, and says whether that changed anything.
func (s *Store) SaveOwners(ctx context.Context, owners []crm.Owner) (changed bool, err error) {
	err = s.write(ctx, "save owners", func(ctx context.Context, tx *tx) error {
		have, err := column[string](ctx, tx, `SELECT body FROM owner ORDER BY pos`)
		if err != nil {
			return err
		}
		want := bodies(owners)
		if slices.Equal(have, want) {
			return nil
		}
		changed = true
		if _, err := tx.exec(ctx, `DELETE FROM owner`); err != nil {
			return err
		}
		for i, body := range want {
			if _, err := tx.exec(ctx, `INSERT INTO owner (pos, body) VALUES (?, ?)`, i, body); err != nil {
				return err
			}
		}
		return nil
	})
	return changed && err == nil, err
}

// Owners returns the owners, in the order in which they were saved.
func (s *Store) Owners(ctx context.Context) ([]crm.Owner, error) {
	var out []crm.Owner
	err := s.read(ctx, "read owners", func(ctx context.Context, q querier) error {
		have, err := column[string](ctx, q, `SELECT body FROM owner ORDER BY pos`)
		if err != nil {
			return err
		}
		out, err = decodeAll[crm.Owner](have)
		return err
	})
	return out, err
}

func bodies[T any](defs []T) []string {
	out := make([]string, len(defs))
	for i, d := range defs {
		out[i] = asJSON(d)
	}
	return out
}

func decodeAll[T any](bodies []string) ([]T, error) {
	out := make([]T, len(bodies))
	for i, b := range bodies {
		if err := fromJSON(b, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// propertyTypes are the types of a type's properties, kept between calls: every
// list with a filter asks for them.
func (s *Store) propertyTypes(ctx context.Context, t crm.ObjectType) (map[string]crm.PropertyType, error) {
	s.mu.Lock()
	known, ok := s.types[t]
	version := s.typesVersion
	s.mu.Unlock()
	if ok {
		return known, nil
	}
	props, err := s.Properties(ctx, t)
	if err != nil {
		return nil, err
	}
	known = make(map[string]crm.PropertyType, len(props))
	for _, p := range props {
		known[p.Name] = p.Type
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.typesVersion != version {
		return known, nil // saved anew meanwhile: the next caller reads them
	}
	if s.types == nil {
		s.types = map[crm.ObjectType]map[string]crm.PropertyType{}
	}
	s.types[t] = known
	return known, nil
}

func (s *Store) forgetTypes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.types = nil
	s.typesVersion++
}
