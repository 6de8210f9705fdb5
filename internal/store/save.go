package store

import (
	"context"
	"strings"

	"satchel/internal/crm"
)

const insertRow = `INSERT INTO record (id, type, local_id, remote_id, created, modified, gone, gone_at, archived, badge,
	title, title_key, owner, t1, t2, t3, t4, n1, n2, n3, text, tags, overlay, base)
	VALUES (?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), nullif(?, ''),
	nullif(?, ''), nullif(?, ''), nullif(?, ''), nullif(?, ''), ?, ?, ?, ?, ?, jsonb(nullif(?, '')), jsonb(?))`

// insert stores a new row under the next id of its type. The search index
// follows for all new rows together, before the commit.
func (t *tx) insert(ctx context.Context, r *row) error {
	id, err := t.nextID(ctx, r.spec.Number)
	if err != nil {
		return err
	}
	r.id = id
	d := &r.is
	_, err = t.exec(ctx, insertRow, r.id, r.spec.Number, string(r.local), string(d.remote), int64(d.created), int64(d.modified),
		flag(d.gone), int64(d.goneAt), flag(d.archived), string(d.badge), d.title, d.titleKey, d.owner,
		d.text[0], d.text[1], d.text[2], d.text[3], number(d.number[0]), number(d.number[1]), number(d.number[2]),
		d.words, d.tags, d.overlay, d.base)
	if err != nil {
		return err
	}
	span, ok := t.fresh[r.spec.Number]
	if !ok {
		span[0] = id
	}
	span[1] = id
	if t.fresh == nil {
		t.fresh = map[int64][2]int64{}
	}
	t.fresh[r.spec.Number] = span
	t.tallyRow(r.spec, r.is, 1)
	r.was = r.is
	return nil
}

func (t *tx) nextID(ctx context.Context, typ int64) (int64, error) {
	if t.next == nil {
		t.next = map[int64]int64{}
	}
	if _, ok := t.next[typ]; !ok {
		var last int64
		err := one(ctx, t, []any{&last}, `SELECT coalesce(max(id), ?1) FROM record WHERE id BETWEEN ?1 AND ?2`, typ<<typeShift, (typ+1)<<typeShift-1)
		if err != nil {
			return 0, err
		}
		t.next[typ] = last + 1
	}
	id := t.next[typ]
	t.next[typ]++
	return id, nil
}

// update writes the columns that differ from what is stored, which leaves the
// indexes of the others alone.
func (t *tx) update(ctx context.Context, r *row) error {
	var set []string
	var args []any
	put := func(column string, differs bool, v any) {
		if differs {
			expr := " = ?"
			if column == "base" || column == "overlay" {
				expr = " = jsonb(?)"
			}
			set = append(set, column+expr)
			args = append(args, v)
		}
	}
	a, b := &r.was, &r.is
	put("remote_id", a.remote != b.remote, null(string(b.remote)))
	put("created", a.created != b.created, int64(b.created))
	put("modified", a.modified != b.modified, int64(b.modified))
	put("gone", a.gone != b.gone, flag(b.gone))
	put("gone_at", a.goneAt != b.goneAt, int64(b.goneAt))
	put("archived", a.archived != b.archived, flag(b.archived))
	put("badge", a.badge != b.badge, string(b.badge))
	put("title", a.title != b.title, b.title)
	put("title_key", a.titleKey != b.titleKey, null(b.titleKey))
	put("owner", a.owner != b.owner, null(b.owner))
	for i, c := range textColumns() {
		put(c, a.text[i] != b.text[i], null(b.text[i]))
	}
	for i, c := range numberColumns() {
		put(c, !sameNumber(a.number[i], b.number[i]), number(b.number[i]))
	}
	put("text", a.words != b.words, b.words)
	put("tags", a.tags != b.tags, b.tags)
	put("overlay", a.overlay != b.overlay, null(b.overlay))
	put("base", a.base != b.base, b.base)
	if len(set) == 0 {
		return nil
	}
	if err := t.moveIndex(ctx, r); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE record SET `+strings.Join(set, ", ")+` WHERE id = ?`, append(args, r.id)...); err != nil {
		return err
	}
	t.tallyRow(r.spec, r.was, -1)
	t.tallyRow(r.spec, r.is, 1)
	r.was = r.is
	return nil
}

// remove deletes a record that HubSpot never had, or that another one has
// swallowed. Its operations stay as receipts.
func (t *tx) remove(ctx context.Context, r *row) error {
	if err := t.unindex(ctx, r); err != nil {
		return err
	}
	delete(t.next, r.spec.Number)
	t.tallyRow(r.spec, r.was, -1)
	_, err := t.exec(ctx, `DELETE FROM record WHERE id = ?`, r.id)
	return err
}

// purge deletes the records whose create was cancelled out.
func (t *tx) purge(ctx context.Context) error {
	rows, err := scanRows(ctx, t, `SELECT `+rowColumns+` FROM record r WHERE r.archived = 1 AND r.remote_id IS NULL
		AND NOT EXISTS (SELECT 1 FROM op WHERE op.record = r.local_id AND `+unfinished+`)`)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := t.remove(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// refresh recomputes the overlay and everything derived from a row and its
// operations, and stores what differs. changed says whether the view did.
func (t *tx) refresh(ctx context.Context, r *row) (changed bool, err error) {
	var ops opSummary
	waiting, err := t.hasPending(ctx, r.local)
	if err != nil {
		return false, err
	}
	if waiting {
		if ops, err = t.summarise(ctx, r.local); err != nil {
			return false, err
		}
	}
	r.overlay = ops.overlay
	r.derive(ops.badge, ops.archiving)
	if r.id == 0 {
		return true, t.insert(ctx, r)
	}
	changed = r.viewChanged()
	return changed, t.update(ctx, r)
}

// fewPending is how many records are asked about one by one: an edit has one or
// two, and the outbox may have thousands.
const fewPending = 3

// hasPending asks for a record's unfinished operations. After a few it asks for
// all records that have some, once per transaction: pull pages have hundreds of
// records, and the outbox mostly few.
func (t *tx) hasPending(ctx context.Context, id crm.LocalID) (bool, error) {
	if t.pending == nil && t.asked < fewPending {
		t.asked++
		var n int
		err := one(ctx, t, []any{&n}, `SELECT EXISTS (SELECT 1 FROM op WHERE record = ? AND `+unfinished+`)`, string(id))
		return n == 1, err
	}
	if t.pending == nil {
		ids, err := column[string](ctx, t, `SELECT DISTINCT record FROM op WHERE `+unfinished)
		if err != nil {
			return false, err
		}
		t.pending = make(map[crm.LocalID]bool, len(ids))
		for _, id := range ids {
			t.pending[crm.LocalID(id)] = true
		}
	}
	return t.pending[id], nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func number(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func sameNumber(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
