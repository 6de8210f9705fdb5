package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"satchel/internal/crm"
	"satchel/migrations"
)

// refuseNewer stops before the first write when a newer version of the program
// made the database: goose would say that there is nothing to do, and we would
// write into a schema we do not know.
func (s *Store) refuseNewer(ctx context.Context) error {
	info, err := os.Stat(s.path)
	if err != nil || info.Size() == 0 {
		return err
	}
	have, err := s.schemaVersion(ctx, "&mode=ro")
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code() == codeHotJournal {
		// A start was cut off while it made the database. Nobody can read it
		// before that is rolled back, which needs the right to write.
		have, err = s.schemaVersion(ctx, "")
	}
	if err != nil {
		return err
	}
	know, err := newestMigration()
	if err != nil {
		return err
	}
	if have > know {
		return &crm.Error{Kind: crm.Invalid, Op: "open", Msg: fmt.Sprintf(
			"This data was made by a newer version of Satchel (data version %d, this one knows %d). Nothing was changed; install the newer version.", have, know)}
	}
	return nil
}

// schemaVersion reads it without taking any lock that a writer takes, and without
// a change of its journal, which a backup that somebody has put in place of the
// database would need; 0 means an empty database.
func (s *Store) schemaVersion(ctx context.Context, mode string) (int64, error) {
	db, err := alone(s.path, "_pragma=busy_timeout(5000)&_pragma=query_only(1)"+mode)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }() // it only reads
	tables, err := column[string](ctx, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version'`)
	if err != nil || len(tables) == 0 {
		return 0, err
	}
	var v int64
	err = one(ctx, db, []any{&v}, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`)
	return v, err
}

func newestMigration() (int64, error) {
	entries, err := migrations.FS.ReadDir(".")
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, e := range entries {
		v, err := goose.NumericComponent(e.Name())
		if err != nil {
			return 0, err
		}
		newest = max(newest, v)
	}
	return newest, nil
}

// provider knows the migrations of a database.
func provider(db *sql.DB, log *slog.Logger) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, db, migrations.FS, goose.WithSlog(log), goose.WithDisableGlobalRegistry(true))
}

func (s *Store) migrate(ctx context.Context) error {
	p, err := provider(s.db, s.log)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil || have == want {
		return err
	}
	if have > 0 {
		if err := s.backUp(ctx, have); err != nil {
			return fmt.Errorf("back up before migrating: %w", err)
		}
	}
	_, err = p.Up(ctx)
	return err
}

// backUp writes a copy of the whole database beside it, in place of an older one.
// It goes through SQLite: copying the file would drop its locks and may miss what
// is still in the -wal file.
func (s *Store) backUp(ctx context.Context, version int64) error {
	err := s.writeBackup(ctx, beforeName, func(path string) error {
		_, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, path)
		return err
	})
	if err == nil {
		s.log.InfoContext(ctx, "backed up before migrating", slog.Int64("version", version))
	}
	return err
}
