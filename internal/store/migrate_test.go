//go:build unix

package store_test

import (
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/migrations"
)

var updateSchemas = flag.Bool("update-schemas", false, "write the databases of versions that have none in testdata yet")

// rows are what a version's database holds: a record of every kind of state, in
// the columns that the first version had.
const rows = `
INSERT INTO record (id, type, local_id, remote_id, created, modified, gone, gone_at, archived, badge, title, title_key, text, tags, base) VALUES
	(1099511627777, 1, 'local-1', '51', 1000, 2000, 0, 0, 0, '', 'Anna Berg', 'anna berg', 'anna' || char(10) || 'berg', '', jsonb('{"firstname":"Anna","lastname":"Berg"}')),
	(1099511627778, 1, 'local-2', NULL, 1000, 0, 0, 0, 0, 'saved', 'Ben', 'ben', 'ben', '', jsonb('{}'));
INSERT INTO record_fts (rowid, text, tags) SELECT id, text, tags FROM record;
INSERT INTO op (id, kind, type, record, remote_id, fields, settled, to_type, to_record, to_remote, state, unsure, keyed,
	attempts, next_at, sent_at, made, finished, reason, existing, disputes, group_id, cause, answer) VALUES
	('op-1', 'update', 'contacts', 'local-1', '51', '[{"name":"lastname","base":"Berg","value":"Bergman"}]', '[]', '', '', '', 'sending', 0, 0, 1, 0, 5000, 4000, 0, '', '', '[]', 'g1', '', ''),
	('op-2', 'create', 'contacts', 'local-2', '', '[{"name":"firstname","base":"","value":"Ben"}]', '[]', '', '', '', 'queued', 0, 0, 0, 0, 0, 4000, 0, '', '', '[]', 'g2', '', ''),
	('op-3', 'update', 'contacts', 'local-1', '51', '[]', '[{"name":"city","base":"","value":"Ulm"}]', '', '', '', 'acked', 0, 0, 1, 0, 5000, 4000, 6000, '', '', '[]', 'g3', '', 'updated');
INSERT INTO act (group_id, op, fields) VALUES ('g1', 'op-1', '[{"name":"lastname","base":"Berg","value":"Bergman"}]');
INSERT INTO setting (key, value) VALUES ('theme', 'dark');
INSERT INTO cursor (name, value) VALUES ('delta/contacts', '{}');
INSERT INTO portal (one, body) VALUES (1, '{"ID":"77"}');`

func plain(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	return db
}

func provider(t *testing.T, db *sql.DB) *goose.Provider {
	t.Helper()
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	return p
}

// released are the versions of the schema, and the database of each in testdata.
func released(t *testing.T) map[int]string {
	t.Helper()
	files, err := migrations.FS.ReadDir(".")
	require.NoError(t, err)
	out := map[int]string{}
	for _, f := range files {
		version, err := goose.NumericComponent(f.Name())
		require.NoError(t, err)
		out[int(version)] = filepath.Join("testdata", fmt.Sprintf("schema-%04d.db", version))
	}
	return out
}

// TestR15_EveryVersionHasItsDatabase: a migration is released with the database
// that it makes. -update-schemas writes those that are missing, and never changes
// one.
func TestR15_EveryVersionHasItsDatabase(t *testing.T) {
	for version, file := range released(t) {
		if _, err := os.Stat(file); err == nil || !*updateSchemas {
			require.NoError(t, err, "run go test -update-schemas once, and commit what it makes")
			continue
		}
		require.NoError(t, os.MkdirAll("testdata", 0o700))
		db := plain(t, file)
		_, err := db.ExecContext(t.Context(), `PRAGMA journal_mode = WAL`)
		require.NoError(t, err)
		_, err = provider(t, db).UpTo(t.Context(), int64(version))
		require.NoError(t, err)
		for _, q := range []string{rows, `UPDATE goose_db_version SET tstamp = '2026-11-26 12:00:00'`, `VACUUM`} {
			_, err := db.ExecContext(t.Context(), q)
			require.NoError(t, err)
		}
		require.NoError(t, db.Close())
	}
}

// schema is what a database is made of, without the order in which it was.
func schema(t *testing.T, file string) map[string]string {
	t.Helper()
	db := plain(t, file)
	defer func() { require.NoError(t, db.Close()) }()
	found, err := db.QueryContext(t.Context(), `SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema`)
	require.NoError(t, err)
	defer func() { require.NoError(t, found.Close()) }()
	out := map[string]string{}
	for found.Next() {
		var name, text string
		require.NoError(t, found.Scan(&name, &text))
		out[name] = text
	}
	require.NoError(t, found.Err())
	require.Greater(t, len(out), 20)
	return out
}

// asReleased puts the database of a version into a data folder.
func asReleased(t *testing.T, file string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.Mkdir(dir, 0o700))
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "satchel.db"), b, 0o600))
	return dir
}

// requireMigrated finds in a store what every version's database held.
func requireMigrated(t *testing.T, dir string) {
	t.Helper()
	s := open(t, dir)
	_, healed, err := s.Healed(t.Context())
	require.NoError(t, err)
	require.False(t, healed)
	r, err := s.Record(t.Context(), crm.Contacts, "51")
	require.NoError(t, err)
	require.Equal(t, "Bergman", r.View()["lastname"])
	ops := unfinished(t, s)
	require.Len(t, ops, 2)
	require.Equal(t, crm.Ambiguous, ops[0].State)
	receipts, err := s.Receipts(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, receipts, 1)
	require.Equal(t, "Ulm", receipts[0].Fields[0].Value)
	theme, err := s.Setting(t.Context(), "theme")
	require.NoError(t, err)
	require.Equal(t, "dark", theme)
	_, ok, err := s.Cursor(t.Context(), "delta/contacts")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, []string{"Anna Bergman"}, titles(list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "bergman"})))
	require.NoError(t, s.Check(t.Context()))
	require.NoError(t, s.Close())
}

func TestR15_EveryVersionMigratesToTheSameSchema(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Close())
	want := schema(t, s.Path())
	for version, file := range released(t) {
		t.Run(strconv.Itoa(version), func(t *testing.T) {
			dir := asReleased(t, file)
			requireMigrated(t, dir)
			require.Equal(t, want, schema(t, filepath.Join(dir, "satchel.db")))
			_, err := os.Stat(filepath.Join(dir, "backup", "before-migration.db"))
			require.Equal(t, version == slices.Max(slices.Collect(maps.Keys(released(t)))), os.IsNotExist(err), "there is a backup of what was migrated, and only then")
		})
	}
}

// A backup that somebody puts in place of the database by hand is opened.
func TestR15_ABackupCanTakeTheDatabasesPlace(t *testing.T) {
	dir := asReleased(t, released(t)[1])
	requireMigrated(t, dir)
	b, err := os.ReadFile(filepath.Join(dir, "backup", "before-migration.db"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "satchel.db"), b, 0o600))
	requireMigrated(t, dir)
}
