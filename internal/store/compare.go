package store

import (
	"context"

	"satchel/internal/crm"
)

// HeldCount is the number of a type's records that HubSpot has, as far as is
// known here: without those that it does not have yet, and with those whose
// archive waits.
func (s *Store) HeldCount(ctx context.Context, t crm.ObjectType) (int, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return 0, err
	}
	var n int
	err = s.read(ctx, "count records", func(ctx context.Context, q querier) error {
		n, err = count(ctx, q, `SELECT count(*) FROM record WHERE type = ? AND remote_id IS NOT NULL AND gone = 0`, spec.Number)
		return err
	})
	return n, err
}

// Held reads the bases of records by their HubSpot ids. An id that is not here
// is missing from the map.
func (s *Store) Held(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) (map[crm.RemoteID]crm.Held, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return nil, err
	}
	out := make(map[crm.RemoteID]crm.Held, len(ids))
	err = s.read(ctx, "read bases", func(ctx context.Context, q querier) error {
		var h crm.Held
		var base string
		return each(ctx, q, func() error {
			h.Values = nil // the map of the row before
			if err := fromJSON(base, &h.Values); err != nil {
				return err
			}
			out[h.ID] = h
			return nil
		}, []any{&h.ID, &h.Local, &h.Modified, &h.Gone, &h.Busy, &base},
			`SELECT r.remote_id, r.local_id, r.modified, r.gone,
				EXISTS (SELECT 1 FROM op o WHERE o.record = r.local_id AND o.`+unfinished+` AND o.state IN ('sending', 'ambiguous'))
				OR EXISTS (SELECT 1 FROM op o WHERE o.to_record = r.local_id AND o.to_record <> '' AND o.`+unfinished+` AND o.state IN ('sending', 'ambiguous')),
				json(r.base)
				FROM json_each(?1) j CROSS JOIN record r
				ON r.type = ?2 AND length(r.remote_id) = length(j.value) AND r.remote_id = j.value`, asJSON(ids), spec.Number)
	})
	return out, err
}

// HeldLinks reads the associations of records with those of a type, by HubSpot's
// ids, as HubSpot holds them: edits that wait are not in it. known are the ids
// whose associations were read from this end, so that the types of the links are
// HubSpot's own for this direction.
func (s *Store) HeldLinks(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) (links []crm.HeldLink, known []crm.RemoteID, err error) {
	f, err := s.kinds().of(from)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.kinds().of(to)
	if err != nil {
		return nil, nil, err
	}
	err = s.read(ctx, "read associations", func(ctx context.Context, q querier) error {
		l := crm.HeldLink{Link: crm.Link{From: from, To: to}}
		links = nil
		err := each(ctx, q, func() error { links = append(links, l); return nil },
			[]any{&l.FromID, &l.ToID, &l.TypeID, &l.Label, &l.Gone},
			`SELECT l.from_remote, l.to_remote, l.type_id, l.label, coalesce(e.gone, 0)
				FROM json_each(?1) j CROSS JOIN link l ON l.from_type = ?2 AND l.from_remote = j.value AND l.to_type = ?3
				LEFT JOIN record e ON e.type = ?3 AND length(e.remote_id) = length(l.to_remote) AND e.remote_id = l.to_remote`,
			asJSON(ids), f.Number, t.Number)
		if err != nil {
			return err
		}
		known, err = column[crm.RemoteID](ctx, q, `SELECT k.from_remote FROM json_each(?1) j
			CROSS JOIN link_known k ON k.from_type = ?2 AND k.from_remote = j.value AND k.to_type = ?3`, asJSON(ids), f.Number, t.Number)
		return err
	})
	return links, known, err
}
