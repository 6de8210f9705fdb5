package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"

	"github.com/google/go-cmp/cmp"
)

// Check finds out whether everything that is derived is what would be derived
// now: overlays from the operations, columns from base and overlay, counts and
// search index from the columns. Besides, SQLite looks at the whole file.
func (s *Store) Check(ctx context.Context) error {
	// A connection of its own: FTS5 keeps what it has read of its index, and an
	// integrity check does not ask whether that is still so.
	d, err := newDriver()
	if err != nil {
		return err
	}
	db := openPool(d, s.path, "&_pragma=query_only(1)", 1)
	defer func() { _ = db.Close() }()
	found, err := column[string](ctx, db, `PRAGMA integrity_check`)
	if err != nil || len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("integrity check: %v %w", found, err)
	}
	return s.CheckDerived(ctx)
}

// CheckDerived is Check without the look at the whole file.
func (s *Store) CheckDerived(ctx context.Context) error {
	return s.write(ctx, "check", func(ctx context.Context, t *tx) error {
		for _, index := range searchIndexes() {
			if _, err := t.exec(ctx, `INSERT INTO `+index+` (`+index+`, rank) VALUES ('integrity-check', 1)`); err != nil {
				return fmt.Errorf("search index %s: %w", index, err)
			}
		}
		rows, err := scanRows(ctx, t, `SELECT `+rowColumns+` FROM record r`)
		if err != nil {
			return err
		}
		want := &tx{}
		for _, r := range rows {
			if err := checkRow(ctx, t, r); err != nil {
				return err
			}
			want.tallyRow(r.spec, r.was, 1)
		}
		if err := checkSums(ctx, t, want.sums); err != nil {
			return err
		}
		return checkTally(ctx, t, want.tally)
	})
}

func checkRow(ctx context.Context, t *tx, r *row) error {
	ops, err := t.summarise(ctx, r.local)
	if err != nil {
		return err
	}
	r.overlay = ops.overlay
	r.derive(ops.badge, ops.archiving)
	if diff := cmp.Diff(r.is, r.was, cmp.AllowUnexported(derived{})); diff != "" {
		return fmt.Errorf("record %s is not what its base and operations make: %s", r.local, diff)
	}
	return nil
}

func checkTally(ctx context.Context, t *tx, want map[tallyKey]int) error {
	got := map[tallyKey]int{}
	var k tallyKey
	var n int
	err := each(ctx, t, func() error { got[k] = n; return nil }, []any{&k.typ, &k.name, &n}, `SELECT type, name, n FROM tally WHERE n <> 0`)
	if err != nil {
		return err
	}
	said := maps.Clone(got)
	for k, n := range want {
		delete(said, k)
		if got[k] != n {
			return fmt.Errorf("%v: counted %d, kept %d", k, n, got[k])
		}
	}
	if len(said) > 0 {
		return fmt.Errorf("counts of nothing: %v", said)
	}
	return nil
}

func checkSums(ctx context.Context, t *tx, want map[sumKey]dealSum) error {
	got := map[sumKey]dealSum{}
	var k sumKey
	var s dealSum
	err := each(ctx, t, func() error { got[k] = s; return nil }, []any{&k.pipeline, &k.stage, &k.currency, &k.owner, &s.n, &s.units, &s.more},
		`SELECT pipeline, stage, currency, owner, n, units, more FROM stage_sum WHERE n <> 0 OR units <> 0 OR more <> 0`)
	if err != nil {
		return err
	}
	if len(want) == 0 && len(got) == 0 {
		return nil
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(sumKey{}, dealSum{})); diff != "" {
		return fmt.Errorf("stages are not summed as they are: %s", diff)
	}
	return nil
}

// BackUp is the backup before a migration.
func (s *Store) BackUp(ctx context.Context) error {
	// The one connection is the writer's; give it back for the moment.
	if err := s.writer.Close(); err != nil {
		return err
	}
	s.stmts = map[string]*sql.Stmt{}
	err := s.backUp(ctx, 1)
	var again error
	s.writer, again = s.db.Conn(ctx)
	return errors.Join(err, again)
}

// PretendNewer leaves a database behind that a later version has migrated.
func (s *Store) PretendNewer(ctx context.Context) error {
	return s.write(ctx, "pretend", func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		return err
	})
}

// Late is how many records the search index does not show as they are.
func (s *Store) Late(ctx context.Context) (n int, err error) {
	err = s.read(ctx, "late", func(ctx context.Context, q querier) error {
		n, err = count(ctx, q, `SELECT count(*) FROM late`)
		return err
	})
	return n, err
}

// Fold and Match are the two forms of text.
func Fold(s string) string  { return fold(s) }
func Match(s string) string { return match(s) }

// SQLiteVersion is the version of the library.
func (s *Store) SQLiteVersion(ctx context.Context) (string, error) {
	var v string
	err := s.read(ctx, "version", func(ctx context.Context, q querier) error { return one(ctx, q, []any{&v}, `SELECT sqlite_version()`) })
	return v, err
}

// ForgetDerived makes the next Open derive everything again.
func (s *Store) ForgetDerived(ctx context.Context) error {
	return s.write(ctx, "forget", func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, `UPDATE record SET title = 'x', title_key = 'x', n2 = 5 WHERE archived = 0`); err != nil {
			return err
		}
		return t.setSetting(ctx, settingDerived, "")
	})
}

// Columns are the columns of a table, and those that a repair takes over from it.
func (s *Store) Columns(ctx context.Context, table string) (have, known []string, err error) {
	err = s.read(ctx, "columns", func(ctx context.Context, q querier) error {
		have, err = column[string](ctx, q, `SELECT name FROM pragma_table_info(?) ORDER BY cid`, table)
		return err
	})
	known = []string{"seq"}
	for _, f := range opFields() {
		known = append(known, f.name)
	}
	return have, known, err
}

// RecordColumns is how many columns a repair expects of a record.
const RecordColumns = recordColumns

// FloodNews makes as many pieces of news, each of a record that is not here.
func (s *Store) FloodNews(ctx context.Context, n int) error {
	return s.write(ctx, "flood", func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?1)
			INSERT INTO news (record, type, kind, name, before, after, modified, noticed)
			SELECT 'r' || i, 'deals', 'property', 'p', 'a', 'b', 1, ?2 FROM c`, n, int64(now()))
		return err
	})
}

// LookLess makes the store take the ways of large lists for small ones.
func (s *Store) LookLess(step, own, led, skim, share, slice int) {
	s.reach = reach{step: step, own: own, led: led, skim: skim, share: share, hope: share, slice: slice}
}

// CountNews counts all news that is kept.
func (s *Store) CountNews(ctx context.Context) (n int, err error) {
	err = s.read(ctx, "count news", func(ctx context.Context, q querier) error {
		return one(ctx, q, []any{&n}, `SELECT count(*) FROM news`)
	})
	return n, err
}
