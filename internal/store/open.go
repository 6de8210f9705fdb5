package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"

	"satchel/internal/crm"
)

const (
	dbName   = "satchel.db"
	lockName = "satchel.lock"
)

// Store is the local copy. Its methods may be called from any goroutine.
type Store struct {
	path    string
	log     *slog.Logger
	lock    *flock.Flock
	db      *sql.DB   // the writer's, one connection
	writer  *sql.Conn // that connection
	chosen  atomic.Pointer[kinds]
	stmts   map[string]*sql.Stmt // its statements; whoever has the turn may use them
	turn    chan struct{}        // holds one token while a write is on
	readers *sql.DB
	once    sync.Once
	closed  chan struct{}

	dirty     bool        // the last process left without closing
	suspected atomic.Bool // damage was found, and the next start is told

	files  sync.Mutex // held while backups are written or wiped
	copied string     // what the last copy of the outbox has

	behind  chan struct{} // holds a token when the search index may be late
	version atomic.Int64  // rises with every commit that wrote a record
	results results
	marks   marks
	reach   reach

	mu    sync.Mutex
	types map[crm.ObjectType]map[string]crm.PropertyType // of properties, read on demand
	// typesVersion rises when definitions are saved.
	typesVersion int
	endLook      context.CancelFunc // ends the look for damage that is on
}

// Open opens the local copy in dir and makes both when they are not there. It
// refuses a folder that another process has open (InUse), a database made by a
// newer version (Invalid, without a write) and one that cannot be written
// (Storage). One that is damaged, also when it is opened once more, is put aside
// and replaced by what can be read of it, which Healed tells; Corrupt means that
// this could not be done. Operations that were being sent when the last process
// ended are ambiguous afterwards.
func Open(ctx context.Context, dir string, log *slog.Logger) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fail("open store", err)
	}
	if err := prepareDir(dir); err != nil {
		return nil, fail("open store", err)
	}
	s := &Store{path: filepath.Join(dir, dbName), log: log, turn: make(chan struct{}, 1), closed: make(chan struct{}), behind: make(chan struct{}, 1), reach: usualReach()}
	if err := s.takeLock(ctx, filepath.Join(dir, lockName)); err != nil {
		return nil, fail("open store", err)
	}
	if err := s.start(ctx); err != nil {
		return nil, fail("open store", errors.Join(err, s.Close())) //nolint:contextcheck // closing outlives every caller's context
	}
	return s, nil
}

// prepareDir makes the folder, readable by its owner alone. A folder that was
// there and holds other things is not ours to close.
func prepareDir(dir string) error {
	_, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeDir(dir); err != nil {
			return folderError(dir, err)
		}
		return nil
	}
	if err != nil {
		return folderError(dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return folderError(dir, err)
	}
	ours := len(entries) == 0
	for _, e := range entries {
		ours = ours || e.Name() == dbName || e.Name() == lockName
	}
	if ours {
		if err := os.Chmod(dir, 0o700); err != nil {
			return folderError(dir, err)
		}
	}
	return nil
}

// makeDir makes a folder, and those it is in. Their names are on the disk when
// it returns: SQLite sees to the names in our folder, not to the folder's own,
// and without that a power cut may take it away with all that is in it.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir):
		if err := makeDir(filepath.Dir(dir)); err != nil {
			return err
		}
		return makeDir(dir)
	case err != nil:
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// syncDir waits until the names in a folder are on the disk, as far as that can
// be asked for: Windows keeps them by itself, some file systems know no such
// call, and a folder that may not be read cannot be asked.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

func folderError(dir string, err error) error {
	kind, msg := classify(err)
	if kind == crm.Storage && msg != msgFull {
		msg = fmt.Sprintf("Satchel cannot use its data folder %s. Check that it is a folder you may write to, or choose another one.", dir)
	}
	return &crm.Error{Kind: kind, Op: "data folder", Msg: msg, Err: err}
}

// start opens the database, and repairs it when it is damaged. An error that may
// pass must never be taken for damage: so it has to show twice, in a file that can
// be read.
func (s *Store) start(ctx context.Context) error {
	if err := s.goOnHealing(ctx); err != nil {
		return err
	}
	err := s.vanished()
	if err == nil {
		err = s.climb(ctx)
	}
	if !startsNot(err) {
		return err
	}
	s.letGo(ctx)
	if err = s.vanished(); err == nil {
		err = s.climb(ctx)
	}
	if !startsNot(err) {
		return err
	}
	s.letGo(ctx)
	if ioErr := legible(s.path); ioErr != nil {
		return ioErr
	}
	if err := s.heal(ctx, err); err != nil {
		return err
	}
	s.suspected.Store(false)
	return s.climb(ctx)
}

// vanished finds that nothing is left of a database that once was there: nobody
// else leaves backups behind.
func (s *Store) vanished() error {
	info, err := os.Stat(s.path)
	if err == nil && info.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	backups, err := s.backups()
	if err != nil || len(backups) == 0 {
		return err
	}
	return &crm.Error{Kind: crm.Corrupt, Op: "open", Msg: msgCorrupt, Err: errors.New("the database is empty, and there are backups")}
}

// climb opens the database step by step.
func (s *Store) climb(ctx context.Context) (err error) {
	if s.dirty, err = s.prepareFile(); err != nil {
		return err
	}
	suspected, err := s.isSuspected()
	if err != nil {
		return err
	}
	d, err := newDriver()
	if err != nil {
		return err
	}
	if err := s.refuseNewer(ctx); err != nil {
		return err
	}
	s.db = openPool(d, s.path, "", 1)
	if suspected || s.dirty {
		if err := s.checkBefore(ctx, suspected); err != nil {
			return err
		}
	}
	if err := s.connect(ctx, d); err != nil {
		return err
	}
	if suspected {
		if err := unaltered(ctx, d, s.readers); err != nil {
			return err
		}
		// Nothing was found in the tables. What showed is in the search index then, or
		// in a letter of what is derived for it, which no check compares with the
		// records: both are made anew.
		if err := s.distrust(ctx); err != nil {
			return err
		}
		if err := s.remove(suspectName); err != nil {
			return err
		}
	}
	if s.dirty {
		// What a commit left behind whose sync failed looks whole as long as the
		// kernel remembers it. Nothing may be written behind that.
		if err := s.emptyLog(ctx); err != nil {
			return err
		}
	}
	s.signalBehind()
	return s.recoverSending(ctx)
}

// connect brings the schema and what is derived up to date, and opens the other
// connections.
func (s *Store) connect(ctx context.Context, d *sqlite.Driver) (err error) {
	s.stmts = map[string]*sql.Stmt{}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if s.writer, err = s.db.Conn(ctx); err != nil {
		return err
	}
	// A pull writes into the middle of every index: with room for their pages,
	// and fewer checkpoints, it reads and writes each of them less often.
	for _, pragma := range []string{"cache_size = -32768", "wal_autocheckpoint = 4000"} {
		if _, err := s.writer.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return err
		}
	}
	s.readers = openPool(d, s.path, "&_pragma=query_only(1)&_pragma=cache_size(-8192)", max(4, runtime.NumCPU()))
	if err := s.loadKinds(ctx); err != nil {
		return err
	}
	return s.rederive(ctx)
}

// prepareFile makes the database file before SQLite does, since SQLite's would
// be readable by others, and the -wal and -shm files take its mode. dirty says
// that the last process left without closing.
func (s *Store) prepareFile() (dirty bool, err error) {
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f, err := os.OpenFile(s.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return false, folderError(filepath.Dir(s.path), err)
		}
		return false, f.Close()
	case err != nil:
		return false, folderError(filepath.Dir(s.path), err)
	case info.Mode().Perm()&0o077 != 0:
		if err := os.Chmod(s.path, 0o600); err != nil {
			return false, folderError(filepath.Dir(s.path), err)
		}
	}
	wal, err := os.Stat(s.path + "-wal")
	return err == nil && wal.Size() > 0, nil
}

// recoverSending is the rule that makes sending safe: HubSpot may have what was
// on its way when the last process ended.
func (s *Store) recoverSending(ctx context.Context) error {
	return s.write(ctx, "recover outbox", func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `UPDATE op SET state = 'ambiguous', unsure = 1, next_at = 0 WHERE state = 'sending'`)
		if err == nil && n > 0 {
			s.log.InfoContext(ctx, "operations were on their way when satchel stopped", slog.Int64("count", n))
		}
		if err != nil {
			return err
		}
		// Records whose create was cancelled out are kept until here, for undo.
		return t.purge(ctx)
	})
}

// Path is where the database file is, for people; only SQLite may open it.
func (s *Store) Path() string { return s.path }

// Close waits for the write that is on, moves everything into the one database
// file and gives the folder free. Calls after it are refused.
func (s *Store) Close() error {
	var errs []error
	s.once.Do(func() {
		errs = append(errs, s.lastCatchUp())
		close(s.closed)
		if s.writer != nil {
			s.turn <- struct{}{} // never given back
		}
		errs = append(errs, s.disconnect())
		if s.lock != nil {
			errs = append(errs, s.lock.Close())
		}
	})
	return fail("close store", errors.Join(errs...))
}

// disconnect closes the connections that are open.
func (s *Store) disconnect() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.closeWriter())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}

// letGo closes the connections to a damaged database, which may complain, so that
// it can be opened again.
func (s *Store) letGo(ctx context.Context) {
	//nolint:contextcheck // closing outlives every caller's context
	if err := s.disconnect(); err != nil {
		s.log.WarnContext(ctx, "closing a damaged database", slog.String("error", err.Error()))
	}
	s.readers, s.writer, s.db = nil, nil, nil
}

func (s *Store) closeWriter() error {
	var errs []error
	for _, st := range s.stmts {
		errs = append(errs, st.Close())
	}
	// The caller's context may be over; what was committed is not to wait in
	// the -wal file for that.
	_, err := s.writer.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)") //nolint:forbidigo // closing outlives every caller's context
	return errors.Join(append(errs, err, s.writer.Close())...)
}
