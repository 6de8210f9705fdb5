package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"satchel/internal/crm"
)

// fewOwn is how many records of an owner are sorted rather than looked for in a
// list of all.
const fewOwn = 1_000

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
	if total < all && total <= fewOwn {
		var w where
		w.ownerOf(spec, l.Owner)
		ids, _, err := s.scanWindow(ctx, q, spec, l, o, w)
		return ids, total, err
	}
	p := part{spec: spec, order: o, step: max(1, markStep*total/max(all, 1))}
	if l.Owner != "" {
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

// from begins a query of the part's rows above a mark.
func (p part) from(columns string, m mark) (string, []any) {
	cond, args := " IS NULL", p.where.args
	if p.set {
		cond = " IS NOT NULL"
	}
	query := `SELECT ` + columns + ` FROM record r INDEXED BY ` + p.order.index + ` WHERE ` + live(p.spec) + p.where.and() + ` AND ` + p.order.expr + cond
	sign := " >= "
	if p.order.dir(p.flip) == " DESC" {
		sign = " <= "
	}
	switch {
	case m.id == 0:
	case p.set:
		query += ` AND (` + p.order.expr + p.order.collate + `, r.id)` + sign + `(?, ?)`
		args = append(slices.Clip(args), m.key, m.id)
	default:
		query += ` AND r.id` + sign + `?`
		args = append(slices.Clip(args), m.id)
	}
	return query + ` ORDER BY ` + p.order.expr + p.order.collate + p.order.dir(p.flip) + `, r.id` + p.order.dir(p.flip), args
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
	query, args := p.from("r.id", m)
	ids, err := column[int64](ctx, q, query+fmt.Sprintf(` LIMIT %d OFFSET %d`, limit, offset-at), args...)
	if p.flip {
		slices.Reverse(ids)
	}
	return ids, err
}

// markStep is how many rows of an index are passed over for a window, at most.
const markStep = 10_000

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
		query, args := p.from(p.order.expr+`, r.id`, m)
		err := one(ctx, q, []any{&m.key, &m.id}, query+fmt.Sprintf(` LIMIT 1 OFFSET %d`, p.step), args...)
		if err != nil && !errors.Is(err, errNoRow) {
			return mark{}, 0, err
		}
		if err != nil {
			break // the list is shorter than it was counted a moment ago
		}
		have = append(have, m)
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
	if k.version != version || len(k.of) > markedParts {
		k.version, k.of = version, map[string][]mark{}
	}
	if len(k.of[name]) < len(found) {
		k.of[name] = found
	}
}
