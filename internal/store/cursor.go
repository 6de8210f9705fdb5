package store

import (
	"context"
	"errors"

	"satchel/internal/crm"
)

// Cursor returns a cursor by name; ok is false when there is none.
func (s *Store) Cursor(ctx context.Context, name string) (c crm.Cursor, ok bool, err error) {
	c.Name = name
	err = s.read(ctx, "read cursor", func(ctx context.Context, q querier) error {
		return one(ctx, q, []any{&c.Value}, `SELECT value FROM cursor WHERE name = ?`, name)
	})
	if errors.Is(err, errNoRow) {
		return crm.Cursor{}, false, nil
	}
	return c, err == nil, err
}

// Cursors returns the cursors whose names begin with prefix, by name.
func (s *Store) Cursors(ctx context.Context, prefix string) ([]crm.Cursor, error) {
	var out []crm.Cursor
	err := s.read(ctx, "read cursors", func(ctx context.Context, q querier) error {
		var c crm.Cursor
		return each(ctx, q, func() error { out = append(out, c); return nil }, []any{&c.Name, &c.Value},
			`SELECT name, value FROM cursor WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name`, prefix)
	})
	return out, err
}

// SetCursor stores a cursor by itself, for a place that covers no rows.
func (s *Store) SetCursor(ctx context.Context, c crm.Cursor) error {
	return s.write(ctx, "write cursor", func(ctx context.Context, t *tx) error { return t.setCursor(ctx, c) })
}

func (t *tx) setCursor(ctx context.Context, c crm.Cursor) error {
	_, err := t.exec(ctx, `INSERT INTO cursor (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`, c.Name, c.Value)
	return err
}

// DropCursors forgets the cursors whose names begin with prefix.
func (s *Store) DropCursors(ctx context.Context, prefix string) error {
	return s.write(ctx, "drop cursors", func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM cursor WHERE substr(name, 1, length(?1)) = ?1`, prefix)
		return err
	})
}
