package store

import (
	"context"
	"errors"

	"satchel/internal/crm"
)

// Record returns one record by its local or its HubSpot id, archived ones too;
// NotFound when there is none of that type.
func (s *Store) Record(ctx context.Context, t crm.ObjectType, id string) (crm.Record, error) {
	var out crm.Record
	spec, err := s.kinds().of(t)
	if err != nil {
		return out, err
	}
	err = s.read(ctx, "read record", func(ctx context.Context, q querier) error {
		r, err := rowByLocal(ctx, q, crm.LocalID(id))
		if errors.Is(err, errNoRow) {
			r, err = rowByRemote(ctx, q, spec.Number, crm.RemoteID(id))
		}
		if errors.Is(err, errNoRow) || err == nil && r.spec.Type != t {
			return notFound("There is no %s with the id %s here.", spec.One, id)
		}
		if err == nil {
			out = r.record()
		}
		return err
	})
	return out, err
}

// Briefs returns records of any type by name; ids that are not here are
// missing from the map.
func (s *Store) Briefs(ctx context.Context, ids []crm.LocalID) (map[crm.LocalID]crm.Brief, error) {
	out := make(map[crm.LocalID]crm.Brief, len(ids))
	err := s.read(ctx, "read names", func(ctx context.Context, q querier) error {
		var asked crm.LocalID
		var b crm.Brief
		var typ int64
		return each(ctx, q, func() error {
			if spec, ok := q.kinds().byNumber(typ); ok {
				b.Type = spec.Type
				b.Values = crm.Values{}
				out[asked] = b
			}
			return nil
		}, []any{&asked, &typ, &b.ID, &b.RemoteID, &b.Title, &b.Badge},
			`SELECT j.value, r.type, r.local_id, coalesce(r.remote_id, ''), r.title, r.badge
				FROM json_each(?) j LEFT JOIN alias a ON a.local_id = j.value
				JOIN record r ON r.local_id = coalesce(a.into_id, j.value)`, asJSON(ids))
	})
	return out, err
}

// RemoteIDs returns the HubSpot ids of a type's live records above after, in
// numeric order.
func (s *Store) RemoteIDs(ctx context.Context, t crm.ObjectType, after crm.RemoteID, limit int) ([]crm.RemoteID, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return nil, err
	}
	var out []crm.RemoteID
	err = s.read(ctx, "read ids", func(ctx context.Context, q querier) error {
		out, err = column[crm.RemoteID](ctx, q, `SELECT remote_id FROM record
			WHERE type = ?1 AND remote_id IS NOT NULL AND gone = 0 AND (length(remote_id), remote_id) > (length(?2), ?2)
			ORDER BY length(remote_id), remote_id LIMIT ?3`, spec.Number, string(after), limit)
		return err
	})
	return out, err
}

// Stamps are HubSpot's modified stamps of a type's live records, at most limit of
// them.
func (s *Store) Stamps(ctx context.Context, t crm.ObjectType, limit int) (map[crm.RemoteID]crm.Millis, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return nil, err
	}
	out := map[crm.RemoteID]crm.Millis{}
	err = s.read(ctx, "read stamps", func(ctx context.Context, q querier) error {
		var id crm.RemoteID
		var at crm.Millis
		return each(ctx, q, func() error { out[id] = at; return nil }, []any{&id, &at}, `SELECT remote_id, modified
			FROM record WHERE type = ?1 AND remote_id IS NOT NULL AND gone = 0 LIMIT ?2`, spec.Number, limit)
	})
	return out, err
}

// Count is the number of a type's live records.
func (s *Store) Count(ctx context.Context, t crm.ObjectType) (int, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return 0, err
	}
	var n int
	err = s.read(ctx, "count records", func(ctx context.Context, q querier) error {
		n, err = countOf(ctx, q, spec, "")
		return err
	})
	return n, err
}

// Counts is the number of live records of every type.
func (s *Store) Counts(ctx context.Context) (map[crm.ObjectType]int, error) {
	out := map[crm.ObjectType]int{}
	err := s.read(ctx, "count records", func(ctx context.Context, q querier) error {
		for _, spec := range q.kinds().records() {
			n, err := countOf(ctx, q, spec, "")
			if err != nil {
				return err
			}
			out[spec.Type] = n
		}
		return nil
	})
	return out, err
}

// Badges counts the unfinished operations: those that wait or are on their way,
// those in conflict and those that the rep has to look at.
func (s *Store) Badges(ctx context.Context) (waiting, conflicts, parked int, err error) {
	err = s.read(ctx, "count outbox", func(ctx context.Context, q querier) error {
		return one(ctx, q, []any{&waiting, &conflicts, &parked}, `SELECT
			count(*) FILTER (WHERE state NOT IN ('conflict', 'parked')),
			count(*) FILTER (WHERE state = 'conflict'), count(*) FILTER (WHERE state = 'parked')
			FROM op WHERE `+unfinished)
	})
	return waiting, conflicts, parked, err
}
