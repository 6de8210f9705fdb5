package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"satchel/internal/crm"
)

// The search index is brought up to date after the commit: the migration that
// made the table late says why. Everything here keeps to one rule: record_fts
// holds what the view record_live says, activity_fts what activity_live says, and
// record_late_fts what record_late says.

// searchIndexes are all of them.
func searchIndexes() []string { return []string{"record_fts", "activity_fts", "record_late_fts"} }

// indexOf is the large index of a row, by its id: activities have one of their
// own.
func indexOf(id int64) string {
	if isActivity(id >> typeShift) {
		return "activity_fts"
	}
	return "record_fts"
}

// isActivity says whether a type's number is that of an activity; custom types are
// none.
func isActivity(number int64) bool {
	first, last := crm.ActivityNumbers()
	return first <= number && number <= last
}

// fewFresh is how many new rows of a transaction are left for later. A page of
// a pull has more, and many rows at once are indexed quicker.
const fewFresh = 8

// moveIndex follows a row whose words change, or that leaves the lists or comes
// back to them. It is called before the row itself is written.
func (t *tx) moveIndex(ctx context.Context, r *row) error {
	if r.was.archived == r.is.archived && (r.is.archived || r.was.words == r.is.words && r.was.tags == r.is.tags) {
		return nil
	}
	if err := t.indexFresh(ctx); err != nil {
		return err
	}
	if err := t.makeLate(ctx, r); err != nil {
		return err
	}
	if r.is.archived {
		return nil
	}
	return t.addLate(ctx, r.id, r.is.words, r.is.tags)
}

// makeLate leaves a row as one that its large index shows as it was, and that
// record_late_fts does not show.
func (t *tx) makeLate(ctx context.Context, r *row) error {
	t.behind = true
	var text, tags any
	if !r.was.archived {
		text, tags = r.was.words, r.was.tags
	}
	added, err := t.exec(ctx, `INSERT INTO late (id, text, tags) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, r.id, text, tags)
	if err != nil || added > 0 || r.was.archived {
		return err
	}
	return t.dropLate(ctx, r.id, r.was.words, r.was.tags)
}

func (t *tx) addLate(ctx context.Context, id int64, words, tags string) error {
	_, err := t.exec(ctx, `INSERT INTO record_late_fts (rowid, text, tags) VALUES (?, ?, ?)`, id, words, tags)
	return err
}

func (t *tx) dropLate(ctx context.Context, id int64, words, tags string) error {
	_, err := t.exec(ctx, `INSERT INTO record_late_fts (record_late_fts, rowid, text, tags) VALUES ('delete', ?, ?, ?)`, id, words, tags)
	return err
}

// indexFresh sees to the rows that were inserted: a few are left for later,
// many go into the index at once.
func (t *tx) indexFresh(ctx context.Context) error {
	for _, span := range t.fresh {
		into := indexOf(span[0])
		if span[1]-span[0] < fewFresh {
			into, t.behind = "record_late_fts", true
			if _, err := t.exec(ctx, `INSERT INTO late (id) SELECT id FROM record WHERE id BETWEEN ? AND ?`, span[0], span[1]); err != nil {
				return err
			}
		}
		_, err := t.exec(ctx, `INSERT INTO `+into+` (rowid, text, tags) SELECT id, text, tags FROM record WHERE id BETWEEN ? AND ? AND archived = 0`, span[0], span[1])
		if err != nil {
			return err
		}
	}
	clear(t.fresh)
	return nil
}

// unindex takes a row that goes away for good out of the index at once.
func (t *tx) unindex(ctx context.Context, r *row) error {
	if err := t.indexFresh(ctx); err != nil {
		return err
	}
	if err := t.makeLate(ctx, r); err != nil {
		return err
	}
	if err := t.hide(ctx, r.id); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM late WHERE id = ?`, r.id)
	return err
}

// hide takes what the index shows for a late row out of it.
func (t *tx) hide(ctx context.Context, id int64) error {
	index := indexOf(id)
	_, err := t.exec(ctx, `INSERT INTO `+index+` (`+index+`, rowid, text, tags)
		SELECT 'delete', id, text, tags FROM late WHERE id = ? AND text IS NOT NULL`, id)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE late SET text = NULL, tags = NULL WHERE id = ?`, id)
	return err
}

// catchUp makes one step with the late row that came last: first what the index
// shows for it is taken out, then it is put in as it is. It says whether there
// was one.
func (t *tx) catchUp(ctx context.Context) (bool, error) {
	var id, shown int64
	err := one(ctx, t, []any{&id, &shown}, `SELECT id, text IS NOT NULL FROM late ORDER BY id DESC LIMIT 1`)
	if errors.Is(err, errNoRow) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if shown == 1 {
		return true, t.hide(ctx, id)
	}
	rows, err := scanRows(ctx, t, `SELECT `+rowColumns+` FROM record r WHERE r.id = ? AND r.archived = 0`, id)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		if err := t.dropLate(ctx, id, r.was.words, r.was.tags); err != nil {
			return false, err
		}
	}
	if _, err := t.exec(ctx, `DELETE FROM late WHERE id = ?`, id); err != nil {
		return false, err
	}
	for _, r := range rows {
		if _, err := t.exec(ctx, `INSERT INTO `+indexOf(id)+` (rowid, text, tags) VALUES (?, ?, ?)`, id, r.was.words, r.was.tags); err != nil {
			return false, err
		}
	}
	return true, nil
}

// rebuild makes the index anew from the records, which is quicker than catching
// up with a great many.
func (t *tx) rebuild(ctx context.Context) error {
	for _, q := range []string{
		`INSERT INTO record_late_fts (record_late_fts) VALUES ('delete-all')`,
		`DELETE FROM late`,
		`INSERT INTO record_fts (record_fts) VALUES ('rebuild')`,
		`INSERT INTO activity_fts (activity_fts) VALUES ('rebuild')`,
	} {
		if _, err := t.exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// CatchUp brings the search index up to date in small steps, so that nobody's
// write waits longer than for one of them. Searches are right before it too;
// afterwards nothing of an earlier value is left in the file. It returns how
// many steps it made. It ends early, without an error, when an edit comes in
// between and pause says so.
func (s *Store) CatchUp(ctx context.Context, pause bool) (int, error) {
	for n := 0; ; n++ {
		if pause && len(s.behind) > 0 {
			return n, nil
		}
		more := false
		err := s.write(ctx, "update search index", func(ctx context.Context, t *tx) (err error) {
			more, err = t.catchUp(ctx)
			return err
		})
		if err != nil || !more {
			return n, err
		}
	}
}

const (
	// quiet is how long nobody has edited before the index is brought up to date.
	quiet = 3 * time.Second
	// again is how long after a failure it is tried again.
	again = time.Minute
)

// KeepIndexed brings the search index up to date whenever nothing was edited
// for a moment, until ctx ends. What fails is logged and tried again: searches
// are right all the same.
func (s *Store) KeepIndexed(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.behind:
		}
		if !s.calm(ctx, quiet) {
			return
		}
		if _, err := s.CatchUp(ctx, true); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the search index could not be brought up to date", slog.String("error", err.Error()))
			if !s.calm(ctx, again) {
				return
			}
			s.signalBehind()
		}
	}
}

// calm waits until nobody has edited for so long. It says whether ctx is on.
func (s *Store) calm(ctx context.Context, long time.Duration) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-s.behind:
		case <-time.After(long):
			return true
		}
	}
}

func (s *Store) signalBehind() {
	select {
	case s.behind <- struct{}{}:
	default:
	}
}

// lastCatchUp uses the moment before closing: what it does not get to is still
// late at the next start.
func (s *Store) lastCatchUp() error {
	if s.writer == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond) //nolint:forbidigo // closing outlives every caller's context
	defer cancel()
	if _, err := s.CatchUp(ctx, false); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// latest merges two descending lists.
func latest(a, b []int64, limit int) []int64 {
	if len(b) == 0 {
		return a
	}
	out := make([]int64, 0, min(limit, len(a)+len(b)))
	for len(out) < limit && len(a)+len(b) > 0 {
		from := &a
		if len(a) == 0 || len(b) > 0 && b[0] > a[0] {
			from = &b
		}
		out = append(out, (*from)[0])
		*from = (*from)[1:]
	}
	return out
}
