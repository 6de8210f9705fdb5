//go:build linux

package powertest

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"satchel/migrations"
)

// firstVersion leaves the database behind that the first version of the
// program made: with a setting, and a receipt.
func firstVersion(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	db := database(t, filepath.Join(dir, "satchel.db"))
	_, err := db.ExecContext(t.Context(), `PRAGMA journal_mode = WAL`)
	require.NoError(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	_, err = p.UpTo(t.Context(), 1)
	require.NoError(t, err)
	for _, q := range []string{
		`INSERT INTO setting (key, value) VALUES ('old', 'kept')`,
		`INSERT INTO op (id, kind, type, record, remote_id, fields, settled, to_type, to_record, to_remote, state, unsure, keyed,
			attempts, next_at, sent_at, made, finished, reason, existing, disputes, group_id, cause, answer)
		VALUES ('old', 'update', 'contacts', 'made-old', '', '[]', '[]', '', '', '', 'discarded', 0, 0, 0, 0, 0, 0, 0, 'kept', '', '[]', 'old', '', '')`,
	} {
		_, err := db.ExecContext(t.Context(), q)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	require.NoError(t, os.Chmod(filepath.Join(dir, "satchel.db"), 0o600))
}

// checkFiles finds that the database is sound, also its search index, and that
// one which an older version had made, and which has been migrated, has left a
// sound copy of itself from before; from between two migrations, if a cut fell
// there. It looks at copies of its own.
func checkFiles(t *testing.T, dir, where string) {
	t.Helper()
	look := t.TempDir()
	if _, err := os.Stat(dir); err != nil {
		return // the folder was not safe yet
	}
	require.NoError(t, os.CopyFS(look, os.DirFS(dir)))
	defer func() { require.NoError(t, os.RemoveAll(look)) }()
	file := filepath.Join(look, "satchel.db")
	if version(t, file, where) == 0 {
		return
	}
	db := database(t, file)
	defer func() { require.NoError(t, db.Close()) }()
	for _, index := range searchIndexes(t, db) {
		_, err := db.ExecContext(t.Context(), `INSERT INTO `+index+` (`+index+`, rank) VALUES ('integrity-check', 1)`)
		require.NoError(t, err, "%s: search index %s", where, index)
	}
	var old int
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM setting WHERE key = 'old'`).Scan(&old))
	if now := version(t, file, where); old == 1 && now > 1 {
		backup := version(t, filepath.Join(look, "backup", "before-migration.db"), where)
		require.Positive(t, backup, "%s: the backup from before the migration", where)
		require.LessOrEqual(t, backup, now, where)
	}
}

func searchIndexes(t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT name FROM sqlite_schema WHERE sql LIKE '%USING fts5(%'`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, names)
	return names
}

// version is the schema's version, of a database that is sound: 0 for one that
// is empty or not there.
func version(t *testing.T, file, where string) (v int) {
	t.Helper()
	db := database(t, file)
	defer func() { require.NoError(t, db.Close()) }()
	var ok string
	require.NoError(t, db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&ok), where)
	require.Equal(t, "ok", ok, where)
	var tables int
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&tables))
	if tables == 1 {
		require.NoError(t, db.QueryRowContext(t.Context(), `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&v))
	}
	return v
}

func database(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	return db
}
