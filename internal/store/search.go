package store

import (
	"context"
	"fmt"
	"slices"

	"satchel/internal/crm"
)

// searchWindow reads a window of a list that is narrowed by text: the latest
// matches up to the cap, in the order that was asked for.
func searchWindow(ctx context.Context, q querier, spec crm.Spec, l crm.ListQuery, o order, w where, sought []term) ([]int64, int, bool, error) {
	first, last := span(spec)
	if len(l.Filters) == 0 {
		w = where{} // the owner is in the expression
	}
	found, err := matching{search{sought, l.Owner}, first, last, w, textCap + 1}.find(ctx, q)
	if err != nil {
		return nil, 0, false, err
	}
	capped := len(found) > textCap
	if capped {
		found = found[:textCap]
	}
	if l.Offset >= len(found) || l.Limit == 0 {
		return nil, len(found), capped, nil
	}
	ids, err := column[int64](ctx, q, `SELECT r.id FROM json_each(?) j CROSS JOIN record r ON r.id = j.value
		ORDER BY `+o.expr+` IS NULL, `+o.expr+o.collate+o.dir(false)+`, r.id`+o.dir(false)+fmt.Sprintf(` LIMIT %d OFFSET %d`, l.Limit, l.Offset),
		slices.Concat([]any{asJSON(found)}, o.args, o.args)...)
	return ids, len(found), capped, err
}

// span is the range of a type's record ids.
func span(spec crm.Spec) (first, last int64) {
	return spec.Number << typeShift, (spec.Number+1)<<typeShift - 1
}

// within narrows a text search to one owner's records.
func within(expr string, owner crm.OwnerID) string {
	if tag := ownerTag(owner); tag != "" {
		return `{text} : (` + expr + `) AND {tags} : "` + tag + `"`
	}
	return `{text} : (` + expr + `)`
}

// Search finds records of the types by text: every word must begin a word of a
// searched property. Records of mine come first, in each half the latest, the
// types taking turns.
func (s *Store) Search(ctx context.Context, text string, types []crm.ObjectType, mine crm.OwnerID, limit int, props map[crm.ObjectType][]string) ([]crm.Brief, error) {
	sought := terms(text)
	if len(sought) == 0 || limit <= 0 {
		return nil, nil
	}
	specs := make([]crm.Spec, len(types))
	for i, t := range types {
		var err error
		if specs[i], err = s.kinds().of(t); err != nil {
			return nil, err
		}
	}
	var out []crm.Brief
	err := s.read(ctx, "search", func(ctx context.Context, q querier) error {
		var ids []int64
		for _, owner := range tiers(mine) {
			tier, err := searchTier(ctx, q, specs, search{sought, owner}, limit)
			if err != nil {
				return err
			}
			for _, id := range tier {
				if len(ids) < limit && !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
			if len(ids) == limit {
				break
			}
		}
		rows, err := rowsByID(ctx, q, ids)
		for _, r := range rows {
			out = append(out, r.brief(props[r.spec.Type]))
		}
		return err
	})
	return out, err
}

func tiers(mine crm.OwnerID) []crm.OwnerID {
	if mine == "" {
		return []crm.OwnerID{""}
	}
	return []crm.OwnerID{mine, ""}
}

// searchTier takes the latest matches of each type in turn.
func searchTier(ctx context.Context, q querier, specs []crm.Spec, s search, limit int) ([]int64, error) {
	var lists [][]int64
	for _, spec := range specs {
		first, last := span(spec)
		ids, err := matching{s, first, last, where{}, limit}.find(ctx, q)
		if err != nil {
			return nil, err
		}
		lists = append(lists, ids)
	}
	var out []int64
	for i := range limit {
		for _, l := range lists {
			if i < len(l) {
				out = append(out, l[i])
			}
		}
	}
	return out, nil
}
