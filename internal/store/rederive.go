package store

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// derivedVersion rises when the code that derives columns changes its mind.
const derivedVersion = "1"

// deriving is the part of a spec that columns are derived by.
type deriving struct {
	Type     crm.ObjectType `json:"Type"` // as whole specs were once written
	Title    []string       `json:"Title"`
	Fallback string         `json:"Fallback"`
	Search   []string       `json:"Search"`
	Text     []string       `json:"Text"`
	Numeric  []string       `json:"Numeric"`
}

// recipes are those of all types, as they are kept to be compared with.
func (k *kinds) recipes() string {
	var all []deriving
	for _, s := range k.specs {
		all = append(all, deriving{s.Type, s.Title, s.Fallback, s.Search, s.Text, s.Numeric})
	}
	return derivedVersion + asJSON(all)
}

// outdated are the types whose columns were derived in another way, or nobody
// knows how. A store of before activities were listed derived them as now.
func (k *kinds) outdated(have string) []crm.Spec {
	var was []deriving
	list, ok := strings.CutPrefix(have, derivedVersion)
	if ok && json.Unmarshal([]byte(list), &was) != nil {
		was = nil
	}
	var out []crm.Spec
	for _, s := range k.specs {
		i := slices.IndexFunc(was, func(d deriving) bool { return d.Type == s.Type })
		if i >= 0 && asJSON(was[i]) == asJSON(deriving{s.Type, s.Title, s.Fallback, s.Search, s.Text, s.Numeric}) || i < 0 && len(was) > 0 {
			continue
		}
		out = append(out, s)
	}
	return out
}

// rederive recomputes what is derived from the records of those types whose
// specs, or of all when the code that derives, are not what it was derived with.
func (s *Store) rederive(ctx context.Context) error {
	want := s.kinds().recipes()
	have, err := s.Setting(ctx, settingDerived)
	if err != nil || have == want {
		return err
	}
	specs := s.kinds().outdated(have)
	return s.write(ctx, "derive again", func(ctx context.Context, t *tx) error {
		n, err := t.rederive(ctx, specs)
		if err != nil {
			return err
		}
		if n > 0 {
			s.log.InfoContext(ctx, "derived record columns again", slog.Int("records", n))
			if err := t.rebuild(ctx); err != nil {
				return err
			}
		}
		return t.setSetting(ctx, settingDerived, want)
	})
}

// distrust recomputes what is derived from all records, and makes the search index
// anew, whatever they are now.
func (s *Store) distrust(ctx context.Context) error {
	return s.write(ctx, "derive again", func(ctx context.Context, t *tx) error {
		n, err := t.rederive(ctx, s.kinds().specs)
		if err != nil {
			return err
		}
		s.log.WarnContext(ctx, "derived record columns again, since damage was suspected", slog.Int("records", n))
		return t.rebuild(ctx)
	})
}

func (t *tx) rederive(ctx context.Context, specs []crm.Spec) (n int, err error) {
	for _, spec := range specs {
		some, err := t.rederiveType(ctx, spec)
		if err != nil {
			return n, err
		}
		n += some
	}
	return n, nil
}

func (t *tx) rederiveType(ctx context.Context, spec crm.Spec) (n int, err error) {
	if _, err := t.exec(ctx, `DELETE FROM tally WHERE type = ?`, spec.Number); err != nil {
		return 0, err
	}
	if spec.Type == crm.Deals {
		if _, err := t.exec(ctx, `DELETE FROM stage_sum`); err != nil {
			return 0, err
		}
	}
	after, last := span(spec)
	for after--; ; {
		rows, err := scanRows(ctx, t, `SELECT `+rowColumns+` FROM record r WHERE r.id > ? AND r.id <= ? ORDER BY r.id LIMIT 500`, after, last)
		if err != nil || len(rows) == 0 {
			return n, err
		}
		for _, r := range rows {
			t.tallyRow(r.spec, r.was, 1)
			if _, err := t.refresh(ctx, r); err != nil {
				return n, err
			}
			after = r.id
		}
		n += len(rows)
	}
}
