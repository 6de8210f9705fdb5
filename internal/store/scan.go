package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// reach is how many rows are looked at for a list before another way is taken.
type reach struct {
	step  int // rows of an index that are passed over for a window, at most
	own   int // of one owner that are sorted rather than looked for among all
	led   int // that a condition's index may find for the whole result to be made
	skim  int // looked at in the list's own order, to fill a window without the result
	share int // one in so many of a type, looked up by an index rather than all read
	exact int // of a type for which the result is always made
	hope  int // one in so many of a type has to meet a condition before a skim is tried
	slice int // read between two reports of progress
}

func usualReach() reach {
	return reach{step: 10_000, own: 1_000, led: 8_000, skim: 8_000, share: 3, exact: 50_000, hope: 10, slice: 20_000}
}

// filterWindow reads a window of a filtered list, or of one in an order that has
// no index. Where a condition's index leaves a few rows, the result is made at
// once. Else a long list is gone through in its order, when there is hope that this
// fills the window: then what was found is a floor of the total (capped), and one
// more than the window where that is not the last. Else
// every row is looked at, which says how far it is (crm.WithProgress) and ends with
// ctx. A result is kept until a record changes: whoever scrolls asks for the next
// window of the same list.
func (s *Store) filterWindow(ctx context.Context, q querier, spec crm.Spec, l crm.ListQuery, o order, w where) (ids []int64, total int, capped bool, err error) {
	if ids, total, ok := s.keptWindow(spec, l, o, w); ok {
		return ids, total, false, nil
	}
	all, err := countOf(ctx, q, spec, "")
	if err != nil {
		return nil, 0, false, err
	}
	few := all / s.reach.share
	best, n, err := w.bestLead(ctx, q, spec, max(few, s.reach.led))
	if err != nil {
		return nil, 0, false, err
	}
	if n > s.reach.led && all > s.reach.exact && o.index != "" && (n > all/s.reach.hope || best.index == o.index) {
		found, err := skim(ctx, q, spec, o, w, s.reach.skim, l.Offset+l.Limit+1)
		if err != nil {
			return nil, 0, false, err
		}
		if len(found) > l.Offset+l.Limit {
			return found[l.Offset : l.Offset+l.Limit], len(found), true, nil
		}
	}
	if w.leads = nil; n <= max(few, s.reach.led) {
		w.leads = []lead{best}
	}
	ids, total, err = s.scanWindow(ctx, q, spec, l, o, w)
	return ids, total, false, err
}

// bestLead is the condition whose index finds the fewest rows; n is their number,
// or more than most when all find more.
func (w where) bestLead(ctx context.Context, q querier, spec crm.Spec, most int) (best lead, n int, err error) {
	n = most + 1
	for _, l := range w.leads {
		found, err := count(ctx, q, `SELECT count(*) FROM (SELECT 1 FROM record r INDEXED BY `+l.index+` WHERE `+live(spec)+` AND `+l.cond+fmt.Sprintf(` LIMIT %d)`, n), l.arg)
		if err != nil {
			return lead{}, 0, err
		}
		if found < n {
			best, n = l, found
		}
	}
	best.rows = n
	return best, n, nil
}

// skim goes through a list in its order and returns the first matches, in as many
// rows as it looks at. Conditions on the value that orders it say where it begins.
func skim(ctx context.Context, q querier, spec crm.Spec, o order, w where, most, wanted int) ([]int64, error) {
	var among where
	for _, l := range w.leads {
		if l.index == o.index {
			among.add(l.cond, l.arg)
		}
	}
	columns := "r.id, r.owner, r.title, r.title_key, r.overlay, r.base, r." + strings.Join(slices.Concat(slots(textColumns()), slots(numberColumns())), ", r.")
	return column[int64](ctx, q, `SELECT r.id FROM (SELECT `+columns+` FROM record r INDEXED BY `+o.index+` WHERE `+live(spec)+` AND `+o.expr+` IS NOT NULL`+among.and()+`
		ORDER BY `+o.expr+o.collate+o.dir(false)+`, r.id`+o.dir(false)+fmt.Sprintf(` LIMIT %d) r WHERE true`, most)+w.and()+fmt.Sprintf(` LIMIT %d`, wanted), slices.Concat(among.args, w.args)...)
}

func slots[T [crm.TextSlots]string | [crm.NumberSlots]string](columns T) []string {
	switch c := any(columns).(type) {
	case [crm.TextSlots]string:
		return c[:]
	case [crm.NumberSlots]string:
		return c[:]
	}
	return nil
}

func resultKey(spec crm.Spec, o order, w where) string {
	return live(spec) + w.and() + o.expr + o.dir(false) + asJSON(slices.Concat(w.args, o.args))
}

func windowOf(ids []int64, l crm.ListQuery) []int64 {
	from := min(l.Offset, len(ids))
	return ids[from:min(from+l.Limit, len(ids))]
}

func (s *Store) keptWindow(spec crm.Spec, l crm.ListQuery, o order, w where) ([]int64, int, bool) {
	ids, ok := s.results.kept(s.version.Load(), resultKey(spec, o, w))
	return windowOf(ids, l), len(ids), ok
}

// scanWindow reads a window of a result that is made of all rows of the first
// lead, or of all of the type without one.
func (s *Store) scanWindow(ctx context.Context, q querier, spec crm.Spec, l crm.ListQuery, o order, w where) ([]int64, int, error) {
	ids, err := s.results.get(ctx, s.version.Load(), resultKey(spec, o, w), func() ([]int64, error) {
		switch {
		case len(w.leads) == 0:
			return scanAll(ctx, q, spec, o, w, int64(s.reach.slice))
		case w.leads[0].rows > s.reach.slice:
			return scanLed(ctx, q, spec, o, w, s.reach.slice)
		}
		return column[int64](ctx, q, `SELECT r.id FROM record r INDEXED BY `+w.leads[0].index+` WHERE `+live(spec)+w.and()+
			` ORDER BY `+o.expr+` IS NULL, `+o.expr+o.collate+o.dir(false)+`, r.id`+o.dir(false), slices.Concat(w.args, o.args, o.args)...)
	})
	return windowOf(ids, l), len(ids), err
}

// scanAll looks at every row of a type, a slice of ids at a time.
func scanAll(ctx context.Context, q querier, spec crm.Spec, o order, w where, slice int64) ([]int64, error) {
	first, last := span(spec)
	var top int64
	if err := one(ctx, q, []any{&top}, `SELECT coalesce(max(id), ?1) FROM record WHERE id BETWEEN ?1 AND ?2`, first, last); err != nil {
		return nil, err
	}
	var found []sortable
	query := `SELECT r.id, ` + o.expr + ` FROM record r NOT INDEXED WHERE r.id BETWEEN ? AND ? AND ` + live(spec) + w.and()
	for from := first; from <= top; from += slice {
		var r sortable
		err := each(ctx, q, func() error { found = append(found, r.ready(o)); return nil }, []any{&r.id, &r.key},
			query, slices.Concat(o.args, []any{from, from + slice - 1}, w.args)...)
		if err != nil {
			return nil, err
		}
		crm.Report(ctx, int(min(from+slice, top+1)-first), int(top+1-first))
	}
	return sorted(found, o), nil
}

// scanLed looks at every row of the first lead, and says after each slice of them
// how far it is.
func scanLed(ctx context.Context, q querier, spec crm.Spec, o order, w where, slice int) ([]int64, error) {
	var found []sortable
	var r sortable
	var matches bool
	seen, lead := 0, w.leads[0]
	err := each(ctx, q, func() error {
		if matches {
			found = append(found, r.ready(o))
		}
		if seen++; seen%slice == 0 {
			crm.Report(ctx, min(seen, lead.rows), lead.rows)
			return ctx.Err()
		}
		return nil
	}, []any{&r.id, &r.key, &matches}, `SELECT r.id, `+o.expr+`, (true`+w.and()+`) IS TRUE FROM record r INDEXED BY `+lead.index+` WHERE `+live(spec)+` AND `+lead.cond,
		slices.Concat(o.args, w.args, []any{lead.arg})...)
	return sorted(found, o), err
}

// sorted are the ids of rows in an order.
func sorted(rows []sortable, o order) []int64 {
	slices.SortFunc(rows, func(a, b sortable) int { return a.compare(b, o.desc) })
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.id
	}
	return ids
}

// A sortable is a row with the value by which it is sorted, as SQLite compares
// it: a number, or text, of which NOCASE knows the letters of ASCII.
type sortable struct {
	id     int64
	key    any
	text   string
	number float64
	empty  bool
}

func (r sortable) ready(o order) sortable {
	switch v := r.key.(type) {
	case nil:
		r.empty = true
	case string:
		r.text = v
		if o.collate != "" {
			r.text = lowerASCII(v)
		}
	case float64:
		r.number = v
	case int64:
		r.number = float64(v)
	}
	r.key = nil
	return r
}

func (r sortable) compare(b sortable, desc bool) int {
	if r.empty != b.empty {
		if r.empty {
			return 1
		}
		return -1
	}
	c := cmp.Or(cmp.Compare(r.number, b.number), strings.Compare(r.text, b.text), cmp.Compare(r.id, b.id))
	if desc {
		return -c
	}
	return c
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
