package store

import (
	"context"
	"log/slog"

	"satchel/internal/crm"
)

// derivedVersion rises when the code that derives columns changes its mind.
const derivedVersion = "1"

// rederive recomputes what is derived from records when the specs, or the code
// that derives, are not those that it was derived with.
func (s *Store) rederive(ctx context.Context) error {
	want := derivedVersion + asJSON(crm.Specs())
	have, err := s.Setting(ctx, settingDerived)
	if err != nil || have == want {
		return err
	}
	return s.write(ctx, "derive again", func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM tally`); err != nil {
			return err
		}
		n := 0
		for after := int64(0); ; {
			rows, err := scanRows(ctx, t, `SELECT `+rowColumns+` FROM record r WHERE r.id > ? ORDER BY r.id LIMIT 500`, after)
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				break
			}
			for _, r := range rows {
				t.tallyRow(r.spec, r.was, 1)
				if _, err := t.refresh(ctx, r); err != nil {
					return err
				}
				after = r.id
			}
			n += len(rows)
		}
		if n > 0 {
			s.log.InfoContext(ctx, "derived record columns again", slog.Int("records", n))
		}
		if err := t.rebuild(ctx); err != nil {
			return err
		}
		return t.setSetting(ctx, settingDerived, want)
	})
}
