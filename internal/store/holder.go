package store

import (
	"context"
	"errors"

	"satchel/internal/crm"
)

// Holder finds another live record of the type that has the value in a
// property, not minding its case. Where the property has no index every record
// is looked at: ctx should have an end.
func (s *Store) Holder(ctx context.Context, t crm.ObjectType, prop, value string, except crm.LocalID) (found crm.Brief, ok bool, err error) {
	spec, err := s.kinds().of(t)
	if err != nil {
		return found, false, err
	}
	expr, from, args := "", "", []any{}
	if column, text := slot(spec, prop); column != "" && text && prop != crm.SortTitle {
		expr, from = "r."+column, " INDEXED BY record_"+column
	} else {
		v, err := jsonValue(prop)
		if err != nil {
			return found, false, err
		}
		expr, args = v.typed(crm.TypeString)
	}
	err = s.read(ctx, "look for a value", func(ctx context.Context, q querier) error {
		r, err := oneRow(ctx, q, `SELECT `+rowColumns+` FROM record r`+from+` WHERE `+live(spec)+` AND `+expr+` = ? COLLATE NOCASE AND r.local_id <> ? LIMIT 1`,
			append(args, value, string(except))...)
		if errors.Is(err, errNoRow) {
			return nil
		}
		if err == nil {
			found, ok = r.brief(nil), true
		}
		return err
	})
	return found, ok, err
}
