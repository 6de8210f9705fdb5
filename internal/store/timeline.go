package store

import (
	"context"
	"errors"

	"satchel/internal/crm"
)

// Timeline returns the activities of a record that are here, the latest first,
// those that wait to be sent among them.
func (s *Store) Timeline(ctx context.Context, t crm.ObjectType, id crm.LocalID, limit int) ([]crm.Record, error) {
	var out []crm.Record
	err := s.read(ctx, "read timeline", func(ctx context.Context, q querier) error {
		r, err := rowByLocal(ctx, q, id)
		if errors.Is(err, errNoRow) || err == nil && r.spec.Type != t {
			return notFound("This record is no longer here.")
		}
		if err != nil {
			return err
		}
		first, last := crm.ActivityNumbers()
		rows, err := scanRows(ctx, q, `SELECT `+rowColumns+` FROM record r WHERE r.archived = 0 AND r.type BETWEEN ?1 AND ?2 AND r.id IN (
				SELECT a.id FROM link l JOIN record a ON a.type = l.to_type AND length(a.remote_id) = length(l.to_remote) AND a.remote_id = l.to_remote
				WHERE l.from_type = ?3 AND l.from_remote = ?4 AND l.to_type BETWEEN ?1 AND ?2
			UNION
				SELECT a.id FROM op JOIN record a ON a.local_id = op.record
				WHERE op.to_record = ?5 AND op.to_record <> '' AND op.kind IN ('create', 'associate') AND op.`+unfinished+`)
			ORDER BY r.n2 DESC, r.id DESC LIMIT ?6`, first, last, r.spec.Number, string(r.remote), string(r.local), limit)
		out = records(rows)
		return err
	})
	return out, err
}
