package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Backups hold what HubSpot cannot give again, as tables like ours: one for each
// of the last days, one of the outbox as long as something waits there, and the
// whole database as it was before the last migration.
const (
	backupDir     = "backup"
	beforeName    = "before-migration.db"
	outboxName    = "outbox.db"
	dailyPrefix   = "daily-"
	dailyBackups  = 3
	outboxWaits   = 5 * time.Minute // before it is worth a copy, and between two
	backupDay     = 24 * time.Hour
	preciousNamed = `('op', 'act', 'setting', 'portal', 'alias', 'record', 'property', 'pipeline', 'owner')`
)

// BackUpDaily makes the backup of the day unless there is one, and takes the
// oldest away.
func (s *Store) BackUpDaily(ctx context.Context) error {
	s.files.Lock()
	defer s.files.Unlock()
	old, err := s.dailies()
	if err != nil {
		return fail("back up", err)
	}
	today := time.Now()
	if len(old) > 0 {
		if since := today.Sub(old[0].ModTime()); since >= 0 && since < backupDay {
			return nil
		}
	}
	if err := s.copyPrecious(ctx, dailyPrefix+today.UTC().Format("20060102-150405")+".db"); err != nil {
		return fail("back up", err)
	}
	if old, err = s.dailies(); err != nil {
		return fail("back up", err)
	}
	for _, f := range old[min(dailyBackups, len(old)):] {
		if err := os.Remove(filepath.Join(s.beside(backupDir), f.Name())); err != nil {
			return fail("back up", err)
		}
	}
	return nil
}

// BackUpOutbox copies the outbox when something has waited there for a while that
// the last copy does not have.
func (s *Store) BackUpOutbox(ctx context.Context) error {
	s.files.Lock()
	defer s.files.Unlock()
	var waiting, oldest int64
	var last, size string
	err := s.read(ctx, "look at the outbox", func(ctx context.Context, q querier) error {
		return one(ctx, q, []any{&waiting, &oldest, &last, &size}, `SELECT count(*), coalesce(min(made), 0), coalesce(max(seq), 0), total(length(fields) + length(state))
			FROM op WHERE `+unfinished)
	})
	state := fmt.Sprint(waiting, " ", last, " ", size)
	if err != nil || waiting == 0 || state == s.copied || time.Duration(int64(now())-oldest)*time.Millisecond < outboxWaits {
		return err
	}
	if info, err := os.Stat(filepath.Join(s.beside(backupDir), outboxName)); err == nil {
		if since := time.Since(info.ModTime()); since >= 0 && since < outboxWaits {
			return nil
		}
	}
	if err := s.copyPrecious(ctx, outboxName); err != nil {
		return fail("back up", err)
	}
	s.copied = state
	return nil
}

// dailies are the daily backups, the newest first.
func (s *Store) dailies() ([]fs.FileInfo, error) {
	all, err := s.backupFiles()
	return slices.DeleteFunc(all, func(f fs.FileInfo) bool { return !strings.HasPrefix(f.Name(), dailyPrefix) }), err
}

// backups are the paths of all backups, the newest first.
func (s *Store) backups() ([]string, error) {
	files, err := s.backupFiles()
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = filepath.Join(s.beside(backupDir), f.Name())
	}
	return out, err
}

func (s *Store) backupFiles() ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(s.beside(backupDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []fs.FileInfo
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".db" {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		out = append(out, info)
	}
	slices.SortFunc(out, func(a, b fs.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), cmp.Compare(b.Name(), a.Name()))
	})
	return out, nil
}

// writeBackup has fill write a database beside the others, looks whether it is
// sound, and puts it in place of an older one. It is on the disk then.
func (s *Store) writeBackup(ctx context.Context, name string, fill func(path string) error) error {
	dir := s.beside(backupDir)
	if err := makeDir(dir); err != nil {
		return folderError(dir, err)
	}
	path := filepath.Join(dir, name)
	tmp := path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return folderError(dir, err)
	}
	// SQLite fills an empty file, and makes one that others may read.
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return folderError(dir, err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := errors.Join(fill(tmp), checkBackup(ctx, tmp), syncFile(tmp)); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "backed up", slog.String("file", name))
	return syncDir(dir)
}

// checkBackup looks at a backup as it is on the disk, without changing it.
func checkBackup(ctx context.Context, path string) (err error) {
	db, err := alone(path, "mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return healthy(ctx, db, `PRAGMA quick_check`)
}

// alone opens a file that is no store, without a store's settings.
func alone(path, query string) (*sql.DB, error) {
	d, err := newDriver()
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{d, fileURI(path) + "?" + query})
	db.SetMaxOpenConns(1)
	return db, nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// copyPrecious makes a backup of what HubSpot cannot give again. It reads one
// state of the store beside everything else and keeps nobody from writing.
func (s *Store) copyPrecious(ctx context.Context, name string) error {
	return s.writeBackup(ctx, name, func(path string) (err error) {
		db, err := alone(path, "_pragma=journal_mode(OFF)&_pragma=synchronous(FULL)")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return s.read(ctx, "read for a backup", func(ctx context.Context, q querier) error { return fillPrecious(ctx, q, db) })
	})
}

// fillPrecious copies the tables row by row: one connection would have to be
// allowed to write to both files.
func fillPrecious(ctx context.Context, from asker, db *sql.DB) (err error) {
	to, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = to.Rollback() }() // after Commit it does nothing
	var name, create string
	tables := map[string]string{}
	if err := each(ctx, from, func() error { tables[name] = create; return nil }, []any{&name, &create},
		`SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name IN `+preciousNamed); err != nil {
		return err
	}
	for name, create := range tables {
		if _, err := to.ExecContext(ctx, create); err != nil {
			return err
		}
		which := ""
		if name == "record" {
			which = ` WHERE remote_id IS NULL OR local_id IN (SELECT record FROM op UNION SELECT to_record FROM op)`
		}
		if err := copyRows(ctx, from, to, name, which); err != nil {
			return err
		}
	}
	return to.Commit()
}

func copyRows(ctx context.Context, from asker, to *sql.Tx, table, which string) error {
	columns, err := column[string](ctx, from, `SELECT name FROM pragma_table_info(?) ORDER BY cid`, table)
	if err != nil {
		return err
	}
	insert, err := to.PrepareContext(ctx, `INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`) VALUES (?`+strings.Repeat(", ?", len(columns)-1)+`)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }() // the transaction ends it too
	row, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		dest[i] = &row[i]
	}
	return each(ctx, from, func() error {
		_, err := insert.ExecContext(ctx, row...)
		return err
	}, dest, `SELECT `+strings.Join(columns, ", ")+` FROM `+table+which)
}
