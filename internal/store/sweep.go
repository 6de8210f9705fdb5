package store

import (
	"cmp"
	"context"

	"satchel/internal/crm"
)

// OwnIDs returns the HubSpot ids of an owner's live records of a type, in numeric
// order. Records that HubSpot does not have yet are left out.
func (s *Store) OwnIDs(ctx context.Context, t crm.ObjectType, owner crm.OwnerID) ([]crm.RemoteID, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return nil, err
	}
	var out []crm.RemoteID
	err = s.read(ctx, "read own ids", func(ctx context.Context, q querier) error {
		// The index on n1 has the owner in it: one pass over it, and a look at the rows
		// that are the owner's.
		out, err = column[crm.RemoteID](ctx, q, `SELECT remote_id FROM record INDEXED BY record_n1
			WHERE type = ? AND owner = ? AND archived = 0 AND gone = 0 AND remote_id IS NOT NULL
			ORDER BY length(remote_id), remote_id`, spec.Number, string(owner))
		return err
	})
	return out, err
}

// GoneIDs returns those of the ids whose records are archived in HubSpot, as far as
// is known here.
func (s *Store) GoneIDs(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) ([]crm.RemoteID, error) {
	spec, err := s.kinds().of(t)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var out []crm.RemoteID
	err = s.read(ctx, "read archived ids", func(ctx context.Context, q querier) error {
		out, err = column[crm.RemoteID](ctx, q, `SELECT r.remote_id FROM json_each(?) j CROSS JOIN record r
			ON r.type = ? AND length(r.remote_id) = length(j.value) AND r.remote_id = j.value WHERE r.gone = 1`, asJSON(ids), spec.Number)
		return err
	})
	return out, err
}

// beyond is above every id that HubSpot gives.
const beyond crm.RemoteID = "99999999999999999999"

// stretchOf are the conditions of CountIDs and MiddleID.
const stretchOf = ` FROM record WHERE type = ?1 AND remote_id IS NOT NULL AND gone = 0
	AND (length(remote_id), remote_id) > (length(?2), ?2) AND (length(remote_id), remote_id) <= (length(?3), ?3)`

// CountIDs counts the live records of a type whose HubSpot ids are above after
// and at most until; an empty until has no bound.
func (s *Store) CountIDs(ctx context.Context, t crm.ObjectType, after, until crm.RemoteID) (int, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return 0, err
	}
	var n int
	err = s.read(ctx, "count ids", func(ctx context.Context, q querier) error {
		n, err = count(ctx, q, `SELECT count(*)`+stretchOf, spec.Number, string(after), string(cmp.Or(until, beyond)))
		return err
	})
	return n, err
}

// MiddleID returns the HubSpot id of the record that has skip others of its type
// before it in that stretch, "" when there is none.
func (s *Store) MiddleID(ctx context.Context, t crm.ObjectType, after, until crm.RemoteID, skip int) (crm.RemoteID, error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return "", err
	}
	var id crm.RemoteID
	err = s.read(ctx, "middle id", func(ctx context.Context, q querier) error {
		ids, err := column[crm.RemoteID](ctx, q, `SELECT remote_id`+stretchOf+` ORDER BY length(remote_id), remote_id LIMIT 1 OFFSET ?4`,
			spec.Number, string(after), string(cmp.Or(until, beyond)), skip)
		if len(ids) > 0 {
			id = ids[0]
		}
		return err
	})
	return id, err
}
