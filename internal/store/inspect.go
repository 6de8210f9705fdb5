package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"

	"satchel/internal/crm"
)

// When the whole file was last looked at without a finding: at its pages, and at
// everything.
const (
	settingChecked    = "store.checked"
	settingCheckedAll = "store.checked_all"
)

// checkSlice is how many records are looked at in one read.
const checkSlice = 5_000

// checkBefore looks at a database before it is used: after an exit without a
// close at what HubSpot cannot give again, and at everything when damage was
// found in it. The rest is left to Inspect: it takes a second for every 225 MB.
func (s *Store) checkBefore(ctx context.Context, all bool) error {
	if all {
		if err := healthy(ctx, s.db, `PRAGMA integrity_check`); err != nil {
			return err
		}
		return readable(ctx, s.db)
	}
	tables, err := column[string](ctx, s.db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('op', 'act', 'setting')`)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if err := healthy(ctx, s.db, `PRAGMA quick_check(`+table+`)`); err != nil {
			return err
		}
	}
	return nil
}

// healthy runs one of SQLite's own checks.
func healthy(ctx context.Context, q asker, check string) error {
	found, err := column[string](ctx, q, check)
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		return damaged("check", strings.Join(found, "; "))
	}
	return nil
}

func damaged(op, found string) error {
	return &crm.Error{Kind: crm.Corrupt, Op: op, Msg: msgCorrupt, Err: errors.New(found)}
}

// readable looks whether what we wrote is still what we can read, which SQLite
// does not know.
func readable(ctx context.Context, q asker) error {
	names, err := column[string](ctx, q, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('op', 'record')`)
	if err != nil || len(names) < 2 {
		return err
	}
	var bad int
	err = one(ctx, q, []any{&bad}, `SELECT count(*) FROM op WHERE NOT (json_valid(fields) AND json_valid(settled) AND json_valid(disputes))`)
	if err != nil || bad > 0 {
		return errors.Join(err, unreadable(bad, "operations"))
	}
	for after := int64(math.MinInt64); ; {
		var last, rows, bad int64
		err := one(ctx, q, []any{&last, &rows, &bad}, `SELECT coalesce(max(id), 0), count(*),
			count(*) FILTER (WHERE NOT json_valid(base, 8) OR overlay IS NOT NULL AND NOT json_valid(overlay, 8))
			FROM (SELECT id, base, overlay FROM record WHERE id > ? ORDER BY id LIMIT ?)`, after, checkSlice)
		if err != nil || bad > 0 {
			return errors.Join(err, unreadable(int(bad), "records"))
		}
		if rows < checkSlice {
			return nil
		}
		after = last
	}
}

func unreadable(n int, what string) error {
	if n == 0 {
		return nil
	}
	return damaged("check", fmt.Sprintf("%d %s cannot be read", n, what))
}

// Inspect looks for damage in the whole file beside everything else: it only
// reads, a table at a time, and ends with ctx. all also compares indexes with
// their tables. Damage is a Corrupt error; the next Open then repairs the file.
// Reset and Forget end it early (Canceled).
func (s *Store) Inspect(ctx context.Context, all bool) error {
	err := s.inspect(ctx, all)
	if err != nil {
		return s.suspect(ctx, fail("inspect", err))
	}
	at := strconv.FormatInt(int64(now()), 10)
	return s.write(ctx, "note inspection", func(ctx context.Context, t *tx) error {
		if err := t.setSetting(ctx, settingChecked, at); err != nil || !all {
			return err
		}
		return t.setSetting(ctx, settingCheckedAll, at)
	})
}

func (s *Store) inspect(ctx context.Context, all bool) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.looking(stop)
	defer s.looking(nil)
	d, err := newDriver()
	if err != nil {
		return err
	}
	db := openPool(d, s.path, "&_pragma=query_only(1)", 1)
	defer func() { err = errors.Join(err, db.Close()) }()
	tables, err := column[string](ctx, db, `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name = 'op' DESC, name`)
	if err != nil {
		return err
	}
	check := "quick_check"
	if all {
		check = "integrity_check"
	}
	for _, table := range tables { // also those of the search index
		if err := healthy(ctx, db, `PRAGMA `+check+`('`+table+`')`); err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	if err := unaltered(ctx, d, db); err != nil {
		return err
	}
	return readable(ctx, db)
}

// unaltered compares the schema with what the migrations make. A letter that changed
// in it is damage which none of SQLite's checks knows, and whatever names it fails.
// What goose and the search index make for themselves is theirs to word.
func unaltered(ctx context.Context, d *sqlite.Driver, have asker) (err error) {
	pattern := sql.OpenDB(connector{d, "file::memory:?_dqs=0"})
	pattern.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, pattern.Close()) }()
	p, err := provider(pattern, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	const query = `SELECT type || ' ' || name || ' of ' || tbl_name || ': ' || sql FROM sqlite_schema
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'goose%' AND name NOT LIKE '%\_fts\_%' ESCAPE '\' ORDER BY 1`
	want, err := column[string](ctx, pattern, query)
	if err != nil {
		return err
	}
	got, err := column[string](ctx, have, query)
	if err != nil {
		return err
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			return damaged("check", "the schema lacks "+w)
		}
	}
	return nil
}

// week is how long nobody has to look, when every exit was clean.
const week = 7 * 24 * time.Hour

// inspectionDue says whether the file has to be looked at, and at all of it.
func (s *Store) inspectionDue(ctx context.Context) (due, all bool, err error) {
	old := func(setting string) (bool, error) {
		v, err := s.Setting(ctx, setting)
		if err != nil || v == "" {
			return true, err
		}
		at, err := strconv.ParseInt(v, 10, 64)
		since := time.Duration(int64(now())-at) * time.Millisecond
		return err != nil || since > week || since < 0, nil //nolint:nilerr // what cannot be read is old
	}
	if all, err = old(settingCheckedAll); err != nil || all {
		return all, all, err
	}
	due, err = old(settingChecked)
	return due || s.dirty, false, err
}
