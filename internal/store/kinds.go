package store

import (
	"context"
	"encoding/json"
	"slices"

	"satchel/internal/crm"
)

// settingKinds holds the portal's own object types that the rep picked, and the
// numbers of those that were given up, which are never used again.
const settingKinds = "store.types"

// pick is a custom type as it is kept. A number without a type is one that was
// given up.
type pick struct {
	Number int64          `json:"number"`
	Custom crm.CustomType `json:"custom"`
}

// kinds are the record types of a store. It is never changed, only replaced.
type kinds struct {
	specs []crm.Spec
	picks []pick
}

func newKinds(picks []pick) *kinds {
	var custom []crm.Spec
	for _, p := range picks {
		if p.Custom.Type != "" {
			custom = append(custom, p.Custom.Spec(p.Number))
		}
	}
	return &kinds{specs: crm.Weave(custom), picks: picks}
}

// kindsOf reads what settingKinds says; what cannot be read is none.
func kindsOf(setting string) *kinds {
	var picks []pick
	if json.Unmarshal([]byte(setting), &picks) != nil {
		picks = nil
	}
	return newKinds(picks)
}

func (k *kinds) of(t crm.ObjectType) (crm.Spec, error) {
	for _, s := range k.specs {
		if s.Type == t {
			return s, nil
		}
	}
	return crm.Spec{}, invalid("There is no record type %q here.", string(t))
}

func (k *kinds) byNumber(n int64) (crm.Spec, bool) {
	for _, s := range k.specs {
		if s.Number == n {
			return s, true
		}
	}
	return crm.Spec{}, false
}

// records are the types but for activities.
func (k *kinds) records() []crm.Spec {
	return slices.DeleteFunc(slices.Clone(k.specs), func(s crm.Spec) bool { return s.Activity })
}

// kinds are those of now.
func (s *Store) kinds() *kinds {
	if k := s.chosen.Load(); k != nil {
		return k
	}
	return newKinds(nil)
}

// loadKinds reads them at the start.
func (s *Store) loadKinds(ctx context.Context) error {
	v, err := s.Setting(ctx, settingKinds)
	if err != nil {
		return err
	}
	s.chosen.Store(kindsOf(v))
	return nil
}

// Types are all record types that are kept: HubSpot's own, in the order of the
// navigation, activities, and the portal's own that the rep picked.
func (s *Store) Types(context.Context) ([]crm.Spec, error) { return slices.Clone(s.kinds().specs), nil }

// PickTypes makes the portal's own types that are kept exactly these. What is here
// of one that is given up is removed; that is refused (Conflict) while edits of it
// wait. changed says whether anything did.
func (s *Store) PickTypes(ctx context.Context, types []crm.CustomType) (changed bool, err error) {
	var next *kinds
	err = s.write(ctx, "pick types", func(ctx context.Context, t *tx) error {
		had := t.kinds().picks
		var numbers []int64
		for _, p := range had {
			numbers = append(numbers, p.Number)
		}
		var picks []pick
		for _, p := range had {
			i := slices.IndexFunc(types, func(c crm.CustomType) bool { return c.Type == p.Custom.Type })
			switch {
			case p.Custom.Type == "":
			case i >= 0:
				p.Custom = types[i]
			default:
				spec := p.Custom.Spec(p.Number)
				if err := t.dropType(ctx, spec); err != nil {
					return err
				}
				p.Custom = crm.CustomType{}
			}
			picks = append(picks, p)
		}
		for _, c := range types {
			if !slices.ContainsFunc(picks, func(p pick) bool { return p.Custom.Type == c.Type }) {
				n := crm.FreeNumber(numbers)
				numbers = append(numbers, n)
				picks = append(picks, pick{n, c})
			}
		}
		if changed = asJSON(picks) != asJSON(had); !changed {
			return nil
		}
		next = newKinds(picks)
		return t.setSetting(ctx, settingKinds, asJSON(picks))
	})
	if err != nil || !changed {
		return false, err
	}
	s.chosen.Store(next)
	s.forgetTypes()
	return true, s.rederive(ctx)
}

// Redescribe brings the descriptions of the portal's own types up to date. Types
// that are not kept are left out, and those that are not among these stay.
func (s *Store) Redescribe(ctx context.Context, there []crm.CustomType) error {
	var types []crm.CustomType
	for _, p := range s.kinds().picks {
		if p.Custom.Type == "" {
			continue
		}
		i := slices.IndexFunc(there, func(c crm.CustomType) bool { return c.Type == p.Custom.Type })
		if i >= 0 {
			types = append(types, there[i])
		} else {
			types = append(types, p.Custom)
		}
	}
	_, err := s.PickTypes(ctx, types)
	return err
}

// dropType removes the records of a type and what is known of it.
func (t *tx) dropType(ctx context.Context, spec crm.Spec) error {
	n, err := count(ctx, t, `SELECT count(*) FROM op WHERE type = ? AND `+unfinished, string(spec.Type))
	if err != nil {
		return err
	}
	if n > 0 {
		return &crm.Error{Kind: crm.Conflict, Msg: "Changes of " + spec.Many + " wait to be sent, so nothing was removed. Send them or take them back first."}
	}
	first, last := span(spec)
	for after := first - 1; ; {
		rows, err := scanRows(ctx, t, `SELECT `+rowColumns+` FROM record r WHERE r.id > ? AND r.id <= ? ORDER BY r.id LIMIT 500`, after, last)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := t.remove(ctx, r); err != nil {
				return err
			}
			after = r.id
		}
		if len(rows) == 0 {
			break
		}
	}
	for _, q := range []string{
		`DELETE FROM link WHERE from_type = ?1 OR to_type = ?1`,
		`DELETE FROM link_known WHERE from_type = ?1 OR to_type = ?1`,
		`DELETE FROM tally WHERE type = ?1`,
	} {
		if _, err := t.exec(ctx, q, spec.Number); err != nil {
			return err
		}
	}
	for _, q := range []string{
		`DELETE FROM property WHERE type = ?1`,
		`DELETE FROM pipeline WHERE type = ?1`,
		`DELETE FROM news WHERE type = ?1 OR kind = 'link' AND name LIKE ?1 || '/%'`,
		`DELETE FROM cursor WHERE name LIKE '%/' || ?1 OR name LIKE '%/' || ?1 || '/%'`,
	} {
		if _, err := t.exec(ctx, q, string(spec.Type)); err != nil {
			return err
		}
	}
	return nil
}

// keepable says whether a name can be that of a type of records: HubSpot's own, or
// the id of a custom one.
func keepable(t string) bool {
	_, err := newKinds(nil).of(crm.ObjectType(t))
	return err == nil || crm.IsCustom(crm.ObjectType(t))
}
