package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"satchel/internal/crm"
)

// indexWindow reads a window from the index that has the order: first the part
// with values, then the part without, which comes last either way. A window in
// the second half of a part is read from its end.
func (s *Store) indexWindow(ctx context.Context, q querier, spec crm.Spec, l crm.ListQuery, o order) ([]int64, int, error) {
	all, err := countOf(ctx, q, spec, "")
	if err != nil {
		return nil, 0, err
	}
	total, err := countOf(ctx, q, spec, l.Owner)
	if err != nil {
		return nil, 0, err
	}
	empty, err := tallied(ctx, q, spec, strings.TrimPrefix(o.expr, "r."), l.Owner)
	if err != nil {
		return nil, 0, err
	}
	if total < all && total <= s.reach.own {
		var w where
		w.ownerOf(spec, l.Owner)
		ids, _, err := s.scanWindow(ctx, q, spec, l, o, w)
		return ids, total, err
	}
	p := part{spec: spec, order: o, step: max(1, s.reach.step*total/max(all, 1))}
	if column, _ := slot(spec, ownerProperty); l.Owner != "" && o.expr == "r."+column {
		p.where.ownerOf(spec, l.Owner) // they stand together
	} else {
		p.where.owner(l.Owner)
	}
	p.set, p.size = true, total-empty
	ids, err := s.partWindow(ctx, q, p, l.Offset, l.Limit)
	if err != nil {
		return nil, 0, err
	}
	rest := l.Offset + len(ids) - p.size
	p.set, p.size = false, empty
	more, err := s.partWindow(ctx, q, p, rest, l.Limit-len(ids))
	return append(ids, more...), total, err
}

// A part is one of the two of an ordered list: the rows with a value, or those
// without.
type part struct {
	spec  crm.Spec
	order order
	where where
	set   bool // the rows with a value
	size  int
	flip  bool // from its end
	step  int  // rows from one mark to the next
}

// A stretch is rows that an index has one after the other: a condition, and what
// they are ordered by.
type stretch struct {
	cond  string
	args  []any
	order string
}

// above are the part's rows from a mark on. Those with the mark's own value are a
// stretch of their own: the index finds its place in them by the id.
func (p part) above(m mark) []stretch {
	dir, sign := p.order.dir(p.flip), ">"
	if dir == " DESC" {
		sign = "<"
	}
	byID := "r.id" + dir
	byValue := p.order.expr + p.order.collate + dir + ", " + byID
	switch {
	case !p.set && m.id == 0:
		return []stretch{{p.order.expr + " IS NULL", nil, byID}}
	case !p.set:
		return []stretch{{p.order.expr + " IS NULL AND r.id " + sign + "= ?", []any{m.id}, byID}}
	case m.id == 0:
		return []stretch{{p.order.expr + " IS NOT NULL", nil, byValue}}
	}
	return []stretch{
		{p.order.expr + " = ?" + p.order.collate + " AND r.id " + sign + "= ?", []any{m.key, m.id}, byID},
		{p.order.expr + " " + sign + " ?" + p.order.collate, []any{m.key}, byValue},
	}
}

// rows are the part's rows from a mark on, after the first offset of them.
func (p part) rows(ctx context.Context, q querier, m mark, offset, limit int) (out []mark, err error) {
	for _, s := range p.above(m) {
		from := ` FROM record r INDEXED BY ` + p.order.index + ` WHERE ` + live(p.spec) + p.where.and() + ` AND ` + s.cond
		args := slices.Concat(p.where.args, s.args)
		var row mark
		before := len(out)
		err := each(ctx, q, func() error { out = append(out, row); return nil }, []any{&row.key, &row.id},
			`SELECT `+p.order.expr+`, r.id`+from+` ORDER BY `+s.order+fmt.Sprintf(` LIMIT %d OFFSET %d`, limit-len(out), offset), args...)
		if err != nil || len(out) == limit {
			return out, err
		}
		if len(out) > before {
			offset = 0
			continue
		}
		passed, err := count(ctx, q, `SELECT count(*) FROM (SELECT 1`+from+fmt.Sprintf(` LIMIT %d)`, offset), args...)
		if err != nil {
			return nil, err
		}
		offset -= passed
	}
	return out, nil
}

func (p part) name() string {
	return fmt.Sprint(live(p.spec), p.order.index, p.where.args, p.set, p.order.dir(p.flip), p.step)
}

func (s *Store) partWindow(ctx context.Context, q querier, p part, offset, limit int) ([]int64, error) {
	offset, limit = max(0, offset), max(0, min(limit, p.size-offset))
	if limit == 0 {
		return nil, nil
	}
	if p.flip = offset > p.size-offset-limit; p.flip {
		offset = p.size - offset - limit
	}
	m, at, err := s.marks.before(ctx, q, s.version.Load(), p, offset)
	if err != nil {
		return nil, err
	}
	rows, err := p.rows(ctx, q, m, offset-at, limit)
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.id
	}
	if p.flip {
		slices.Reverse(ids)
	}
	return ids, err
}

// markedParts is how many parts keep their marks: a list has two, from two ends.
const markedParts = 16

// A mark is the row that stands at a place of a list. The zero mark is its
// beginning.
type mark struct {
	key any
	id  int64
}

// marks are places of lists that were found, a step from each other, as long as
// no record changes: a window deep in a list is read from the mark before it.
type marks struct {
	mu      sync.Mutex
	version int64
	of      map[string][]mark
}

// before finds the last mark that is not after offset, and at which place it
// stands. The version was read as for results.get.
func (k *marks) before(ctx context.Context, q querier, version int64, p part, offset int) (mark, int, error) {
	want := offset / p.step
	if want == 0 {
		return mark{}, 0, nil
	}
	name := p.name()
	have := k.get(version, name)
	for len(have) < want {
		m := mark{}
		if len(have) > 0 {
			m = have[len(have)-1]
		}
		rows, err := p.rows(ctx, q, m, p.step, 1)
		if err != nil {
			return mark{}, 0, err
		}
		if len(rows) == 0 {
			break // the list is shorter than it was counted a moment ago
		}
		have = append(have, rows[0])
	}
	k.put(version, name, have)
	if want = min(want, len(have)); want == 0 {
		return mark{}, 0, nil
	}
	return have[want-1], want * p.step, nil
}

func (k *marks) get(version int64, name string) []mark {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.version != version {
		return nil
	}
	return slices.Clone(k.of[name])
}

func (k *marks) put(version int64, name string, found []mark) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil || k.version != version || len(k.of) > markedParts {
		k.version, k.of = version, map[string][]mark{}
	}
	if len(k.of[name]) < len(found) {
		k.of[name] = found
	}
}
