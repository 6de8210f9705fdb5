package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"satchel/internal/crm"
)

// Names beside the database: where a damaged one is kept, which of them is being
// replaced at the moment, the new one before it is whole, and the mark that says
// the next start has to look at everything.
const (
	quarantinePrefix = "satchel-damaged-"
	healingName      = "satchel.healing"
	newName          = "satchel-new.db"
	suspectName      = "satchel.suspect"
)

const settingHealed = "store.healed"

// Healing tells what became of a damaged database.
type Healing struct {
	At   crm.Millis `json:"at"`
	Path string     `json:"path"` // where the damaged file is kept; "" when there was none left
	// Waiting and Finished are the operations that were kept.
	Waiting  int `json:"waiting"`
	Finished int `json:"finished"`
	// FromBackup are those of them that only a backup still had.
	FromBackup int `json:"from_backup"`
	// Missing is how many operations are lost, at most.
	Missing int `json:"missing"`
	Records int `json:"records"` // those that the operations are about
	// Settings says whether the rep's settings and the connection were kept.
	Settings bool `json:"settings"`
}

// Sentence tells it to people.
func (h Healing) Sentence() string {
	var b strings.Builder
	b.WriteString("Satchel's local data was damaged and has been repaired. ")
	kept := plural(h.Waiting, "change that waits", "changes that wait") + " and " + plural(h.Finished, "receipt", "receipts") + " were kept"
	if h.Missing == 0 {
		b.WriteString("No change of yours is lost: " + kept + ". ")
	} else {
		b.WriteString(kept + "; up to " + plural(h.Missing, "change", "changes") + " could not be read any more. ")
	}
	if !h.Settings {
		b.WriteString("Your settings and the connection are lost; connect again. ")
	}
	b.WriteString("Everything else is pulled from HubSpot again.")
	if h.Path != "" {
		b.WriteString(" The damaged file is kept as " + h.Path + ".")
	}
	return b.String()
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// Healed says what was found when a damaged database was replaced; ok is false
// when none was, or the rep has seen it.
func (s *Store) Healed(ctx context.Context) (h Healing, ok bool, err error) {
	v, err := s.Setting(ctx, settingHealed)
	if err != nil || v == "" {
		return Healing{}, false, err
	}
	return h, true, fail("read what was repaired", fromJSON(v, &h))
}

// HealedSeen forgets what Healed says.
func (s *Store) HealedSeen(ctx context.Context) error {
	return s.SetSetting(ctx, settingHealed, "")
}

// isDamage says that an error means a damaged file, and nothing that may pass.
func isDamage(err error) bool {
	return err != nil && crm.KindOf(fail("", err)) == crm.Corrupt
}

// startsNot says that an error of the start means a damaged file: also one that
// SQLite has with our words, since they fit every schema that we make. A migration
// that fails says nothing of that.
func startsNot(err error) bool {
	if _, ok := errors.AsType[*goose.PartialError](err); ok {
		return isDamage(err)
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	return isDamage(err) || ok && e.Code()&0xff == codeError
}

// suspect leaves the mark that makes the next start look at everything, if an
// error means damage. It returns the error.
func (s *Store) suspect(ctx context.Context, err error) error {
	if !isDamage(err) || s.suspected.Swap(true) {
		return err
	}
	markErr := writeFile(s.beside(suspectName), []byte("found "+time.Now().UTC().Format(time.RFC3339)+"\n"))
	s.log.ErrorContext(ctx, "the local data is damaged; the next start repairs it", slog.String("error", err.Error()), slog.Any("mark", markErr))
	return err
}

// isSuspected says whether there is such a mark.
func (s *Store) isSuspected() (bool, error) {
	_, err := os.Stat(s.beside(suspectName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) beside(name string) string { return filepath.Join(filepath.Dir(s.path), name) }

// writeFile writes a small file of ours, which is on the disk afterwards.
func writeFile(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// heal replaces a damaged database: it is put aside, and a new one is made of
// what can be read of it and of the newest backup. Each step is on the disk
// before the next begins, so that one that is cut off goes on at the next start.
// No connection may be open.
func (s *Store) heal(ctx context.Context, cause error) error {
	at := time.Now().UTC()
	name := quarantinePrefix + at.Format("20060102-150405.000") + ".db"
	s.log.ErrorContext(ctx, "the local data is damaged and is being repaired", slog.String("error", cause.Error()), slog.String("kept_as", name))
	if err := writeFile(s.beside(healingName), []byte(name)); err != nil {
		return err
	}
	return s.goOnHealing(ctx)
}

// goOnHealing finishes a repair that has begun; without one it does nothing.
func (s *Store) goOnHealing(ctx context.Context) error {
	raw, err := os.ReadFile(s.beside(healingName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	name := filepath.Base(strings.TrimSpace(string(raw)))
	if strings.HasPrefix(name, quarantinePrefix) { // else the repair had not begun
		if err := s.replace(ctx, s.beside(name)); err != nil {
			return unhealed(name, err)
		}
	}
	return s.remove(suspectName, healingName)
}

// unhealed says in words that a repair has to be tried again.
func unhealed(name string, err error) error {
	kind, msg := classify(err)
	if kind != crm.Storage {
		kind, msg = crm.Corrupt, "The details are in the log; start Satchel again."
	}
	return &crm.Error{Kind: kind, Op: "repair", Err: err, Msg: "Satchel's local data is damaged, and could not be repaired yet. Nothing is lost by that: it is kept as " + name + ". " + msg}
}

// replace puts the database aside as kept, unless that has been done, and makes
// a new one.
func (s *Store) replace(ctx context.Context, kept string) error {
	moved, err := exists(kept)
	if err != nil {
		return err
	}
	there, err := exists(s.path)
	if err != nil || moved && there {
		return err // only the marks are left to be removed
	}
	// The database itself goes last: until then the other two belong to it.
	for _, suffix := range []string{"-shm", "-wal", ""} {
		if err := os.Rename(s.path+suffix, kept+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := syncDir(filepath.Dir(kept)); err != nil {
		return err
	}
	f, h, err := s.gather(ctx, kept)
	if err != nil {
		return err
	}
	if err := s.remove(newName, newName+"-wal", newName+"-shm", newName+"-journal"); err != nil {
		return err
	}
	if err := s.makeNew(ctx, f, h); err != nil {
		return err
	}
	if err := os.Rename(s.beside(newName), s.path); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "the local data has been repaired", slog.Int("waiting", h.Waiting), slog.Int("finished", h.Finished),
		slog.Int("from_backup", h.FromBackup), slog.Int("missing", h.Missing), slog.Int("records", h.Records))
	return syncDir(filepath.Dir(s.path))
}

// gather reads what the damaged file and the newest backup that can be read have.
func (s *Store) gather(ctx context.Context, kept string) (*findings, *Healing, error) {
	h := &Healing{At: now(), Path: kept}
	f, err := salvage(kept)
	if errors.Is(err, fs.ErrNotExist) {
		f, h.Path, err = newFindings(), "", nil
	}
	if err != nil {
		return nil, nil, err
	}
	backups, err := s.backups()
	if err != nil {
		return nil, nil, err
	}
	for _, b := range backups { // the newest first
		more, err := salvage(b)
		if err == nil && len(more.ops)+len(more.settings) > 0 {
			h.FromBackup = f.complete(more)
			break
		}
		s.log.WarnContext(ctx, "a backup cannot be used", slog.String("file", filepath.Base(b)), slog.Any("error", err))
	}
	for _, o := range f.ops {
		if o.backup || f.doubtful {
			o.doubt()
		}
	}
	return f, h, nil
}

// makeNew makes the new database beside the place of the old one.
func (s *Store) makeNew(ctx context.Context, f *findings, h *Healing) (err error) {
	made := &Store{path: s.beside(newName), log: s.log, turn: make(chan struct{}, 1), closed: make(chan struct{}), behind: make(chan struct{}, 1)}
	defer func() { err = errors.Join(err, made.disconnect()) }() //nolint:contextcheck // closing outlives every caller's context
	if _, err := made.prepareFile(); err != nil {
		return err
	}
	d, err := newDriver()
	if err != nil {
		return err
	}
	made.db = openPool(d, made.path, "", 1)
	if err := made.connect(ctx, d); err != nil {
		return err
	}
	made.chosen.Store(kindsOf(f.settings[settingKinds]))
	return made.write(ctx, "restore", func(ctx context.Context, t *tx) error { return t.restore(ctx, f, h) })
}

// remove takes files of ours away that may be there.
func (s *Store) remove(names ...string) error {
	for _, name := range names {
		if err := os.Remove(s.beside(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncDir(filepath.Dir(s.path))
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// restore writes what was found into an empty database.
func (t *tx) restore(ctx context.Context, f *findings, h *Healing) error {
	if err := t.restoreSettings(ctx, f); err != nil {
		return err
	}
	h.Settings = f.settings["profile"] != "" || f.portal == "" && len(f.settings) > 0
	r := &restorer{tx: t, f: f, rows: map[string]*row{}, remotes: map[string]string{}}
	if err := r.records(ctx); err != nil {
		return err
	}
	if err := r.ops(ctx, h); err != nil {
		return err
	}
	if err := r.refreshAll(ctx); err != nil {
		return err
	}
	h.Records = len(r.rows)
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return t.setSetting(ctx, settingHealed, string(body))
}

func (t *tx) restoreSettings(ctx context.Context, f *findings) error {
	for k, v := range f.settings {
		switch k {
		case settingLastSync, settingDerived, settingHealed, settingChecked, settingCheckedAll: // of the old file
		default:
			if err := t.setSetting(ctx, k, v); err != nil {
				return err
			}
		}
	}
	for d, body := range f.definitions {
		if _, err := t.exec(ctx, `INSERT INTO `+d.table+` (type, pos, body) VALUES (?, ?, ?)`, d.typ, d.pos, body); err != nil {
			return err
		}
	}
	for pos, body := range f.owners {
		if _, err := t.exec(ctx, `INSERT INTO owner (pos, body) VALUES (?, ?)`, pos, body); err != nil {
			return err
		}
	}
	if f.portal == "" {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO portal (one, body) VALUES (1, ?)`, f.portal)
	return err
}
