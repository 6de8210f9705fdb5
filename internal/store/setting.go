package store

import (
	"context"
	"errors"
	"strconv"

	"satchel/internal/crm"
)

// settingLastSync and settingDerived are the store's own settings.
const (
	settingLastSync = "store.last_sync"
	settingDerived  = "store.derived"
)

// Setting returns what SetSetting stored, "" when nothing was.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	var v string
	err := s.read(ctx, "read setting", func(ctx context.Context, q querier) error {
		return one(ctx, q, []any{&v}, `SELECT value FROM setting WHERE key = ?`, key)
	})
	if errors.Is(err, errNoRow) {
		return "", nil
	}
	return v, err
}

// SetSetting stores a value that outlives Reset. "" forgets it.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.write(ctx, "write setting", func(ctx context.Context, t *tx) error { return t.setSetting(ctx, key, value) })
}

func (t *tx) setSetting(ctx context.Context, key, value string) error {
	if value == "" {
		_, err := t.exec(ctx, `DELETE FROM setting WHERE key = ?`, key)
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`, key, value)
	return err
}

// LastSync is when SetLastSync was last told that everything was in sync, 0 for
// never.
func (s *Store) LastSync(ctx context.Context) (crm.Millis, error) {
	v, err := s.Setting(ctx, settingLastSync)
	if err != nil || v == "" {
		return 0, err
	}
	at, err := strconv.ParseInt(v, 10, 64)
	return crm.Millis(at), fail("read last sync", err)
}

// SetLastSync remembers when everything was in sync.
func (s *Store) SetLastSync(ctx context.Context, at crm.Millis) error {
	return s.SetSetting(ctx, settingLastSync, strconv.FormatInt(int64(at), 10))
}

// Portal returns the HubSpot account that this copy belongs to; ok is false
// when it belongs to none yet.
func (s *Store) Portal(ctx context.Context) (p crm.Portal, ok bool, err error) {
	err = s.read(ctx, "read portal", func(ctx context.Context, q querier) error {
		var body string
		if err := one(ctx, q, []any{&body}, `SELECT body FROM portal`); err != nil {
			return err
		}
		return fromJSON(body, &p)
	})
	if errors.Is(err, errNoRow) {
		return crm.Portal{}, false, nil
	}
	return p, err == nil, err
}

// SetPortal says which account this copy belongs to. Another one than before is
// refused (Conflict) until Reset: two portals never share a file.
func (s *Store) SetPortal(ctx context.Context, p crm.Portal) error {
	return s.write(ctx, "write portal", func(ctx context.Context, t *tx) error {
		var id string
		err := one(ctx, t, []any{&id}, `SELECT body ->> '$.ID' FROM portal`)
		if err != nil && !errors.Is(err, errNoRow) {
			return err
		}
		if err == nil && id != p.ID {
			return conflict("This data folder holds portal %s. Disconnect it first, or use another data folder for portal %s.", id, p.ID)
		}
		_, err = t.exec(ctx, `INSERT INTO portal (one, body) VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body`, asJSON(p))
		return err
	})
}

// Reset forgets everything but the settings: records, associations,
// definitions, cursors, the portal, the news and the outbox with its receipts. Nothing of
// it is left in the file afterwards, and no backup or damaged copy of it. With operations that are not finished it
// is refused (Conflict), unless they are to be dropped.
func (s *Store) Reset(ctx context.Context, dropEdits bool) error {
	err := s.write(ctx, "forget data", func(ctx context.Context, t *tx) error {
		left, err := opsWhere(ctx, t, `WHERE o.`+unfinished+` LIMIT 1`)
		if err != nil {
			return err
		}
		if len(left) > 0 && !dropEdits {
			return conflict("There are changes that HubSpot does not have yet, so nothing was removed. Send them first, or say that they may be dropped.")
		}
		for _, index := range searchIndexes() {
			if _, err := t.exec(ctx, `INSERT INTO `+index+` (`+index+`) VALUES ('delete-all')`); err != nil {
				return err
			}
		}
		for _, table := range []string{"record", "late", "tally", "stage_sum", "alias", "link", "link_known", "op", "act", "cursor", "property", "pipeline", "owner", "portal", "news", "presence"} {
			if _, err := t.exec(ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		t.touched = true
		// With no operation left, none is missed after a repair.
		if _, err := t.exec(ctx, `DELETE FROM sqlite_sequence WHERE name IN ('op', 'news')`); err != nil {
			return err
		}
		for _, key := range []string{settingLastSync, settingHealed, settingForgotten, settingKinds} {
			if err := t.setSetting(ctx, key, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.chosen.Store(newKinds(nil))
	s.forgetTypes()
	if err := s.compact(ctx); err != nil {
		return err
	}
	return fail("wipe backups", s.wipeFiles())
}

// compact gives the freed pages back and empties the -wal file.
func (s *Store) compact(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return fail("compact", ctx.Err())
	}
	defer func() { <-s.turn }()
	ctx = context.WithoutCancel(ctx)
	if _, err := s.writer.ExecContext(ctx, `VACUUM`); err != nil {
		return fail("compact", err)
	}
	return fail("compact", s.emptyLog(ctx))
}
