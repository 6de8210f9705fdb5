package sandbox

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// span is a range of ranks in one of the search indexes.
type span struct {
	list     *blocks[*doc]
	key      func(*doc) int64
	from, to int
}

func (s span) size() int { return max(s.to-s.from, 0) }

// axis returns how an indexed property is read from a version.
func (t *table) axis(name string) func(*doc) int64 {
	switch name {
	case t.kind.created:
		return func(d *doc) int64 { return d.created }
	case t.kind.modified:
		return func(d *doc) int64 { return d.modified }
	default:
		return func(d *doc) int64 { return d.id }
	}
}

// axes are the properties that have an index, with their lists.
func (t *table) axes() map[string]span {
	out := map[string]span{}
	for name, list := range map[string]*blocks[*doc]{
		"hs_object_id": t.index.byID, t.kind.created: t.index.byCreated, t.kind.modified: t.index.byModified,
	} {
		out[name] = span{list: list, key: t.axis(name), to: list.len()}
	}
	return out
}

// narrow cuts a span to the values from lo to hi.
func (s span) narrow(lo, hi int64) span {
	if lo != math.MinInt64 {
		s.from = max(s.from, s.list.rank(func(d *doc) bool { return s.key(d) < lo }))
	}
	if hi != math.MaxInt64 {
		s.to = min(s.to, s.list.rank(func(d *doc) bool { return s.key(d) <= hi }))
	}
	return s
}

// search runs a query: the page it asks for and the total of all matches.
//
// A query of one group is answered from the narrowest index range that its
// conditions allow. When nothing is left to check and the range is in the order
// asked for, the page and the total come from ranks alone.
func (t *table) search(q *query) ([]*doc, int) {
	axes := t.axes()
	var rest []condition
	best := q.sort
	if _, indexed := axes[best]; !indexed {
		best = "hs_object_id"
	}
	if len(q.groups) == 1 {
		used := map[string]bool{}
		for _, c := range q.groups[0] {
			if c.axis == "" {
				continue
			}
			axes[c.axis] = axes[c.axis].narrow(c.lo, c.hi)
			used[c.axis] = true
		}
		for name := range used {
			if axes[name].size() < axes[best].size() {
				best = name
			}
		}
		for _, c := range q.groups[0] {
			if c.axis == "" || c.axis != best {
				rest = append(rest, c)
			}
		}
	}
	s := axes[best]
	if best == q.sort && len(rest) == 0 && len(q.groups) <= 1 && len(q.words) == 0 {
		return s.page(q), s.size()
	}
	var hits []*doc
	for d := range s.list.ascend(s.from, s.to) {
		if t.matches(d, q, rest) {
			hits = append(hits, d)
		}
	}
	if best != q.sort {
		t.order(hits, q.sort, q.desc)
	} else if q.desc {
		slices.Reverse(hits)
	}
	from := min(q.after, len(hits))
	return hits[from:min(from+q.limit, len(hits))], len(hits)
}

// page cuts the page out of a span that has nothing but matches.
func (s span) page(q *query) []*doc {
	n := s.size()
	from := min(q.after, n)
	to := min(from+q.limit, n)
	docs := make([]*doc, 0, to-from)
	seq := s.list.ascend(s.from+from, s.from+to)
	if q.desc {
		seq = s.list.descend(s.to-to, s.to-from)
	}
	for d := range seq {
		docs = append(docs, d)
	}
	return docs
}

// matches checks what the index range did not: the rest of a single group, or
// any of several, and the free text.
func (t *table) matches(d *doc, q *query, rest []condition) bool {
	if len(q.groups) > 1 {
		if !slices.ContainsFunc(q.groups, func(all []condition) bool { return holds(d, all) }) {
			return false
		}
	} else if !holds(d, rest) {
		return false
	}
	for _, word := range q.words {
		if !slices.ContainsFunc(q.fields, func(i uint16) bool {
			val, _ := t.value(d, i)
			return containsFold(val, word)
		}) {
			return false
		}
	}
	return true
}

// containsFold reports whether s contains a lower-case word in any case. Plain
// words are compared without making a copy of s, as most values are looked at.
func containsFold(s, low string) bool {
	for i := range len(low) {
		if low[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(s), low)
		}
	}
	for i := 0; i+len(low) <= len(s); i++ {
		n := 0
		for n < len(low) && lowerByte(s[i+n]) == low[n] {
			n++
		}
		if n == len(low) {
			return true
		}
	}
	return false
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func holds(d *doc, all []condition) bool {
	for _, c := range all {
		if !c.match(d) {
			return false
		}
	}
	return true
}

// order sorts matches by any property; records without a value come last, and
// equal ones in id order, backwards too when the sort descends.
func (t *table) order(hits []*doc, name string, desc bool) {
	if t.kind.system(name) {
		key := t.axis(name)
		slices.SortFunc(hits, func(a, b *doc) int {
			c := cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.id, b.id))
			if desc {
				return -c
			}
			return c
		})
		return
	}
	i := t.byName[name]
	kind := t.props[i].class()
	type keyed struct {
		d    *doc
		has  bool
		num  float64
		text string
	}
	keys := make([]keyed, 0, len(hits))
	for _, d := range hits {
		val, has := t.value(d, i)
		k := keyed{d: d, has: has}
		if kind == classNumber || kind == classTime {
			k.num, k.has = toNumber(kind, val)
		} else {
			k.text = strings.ToLower(val)
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		switch {
		case a.has != b.has && a.has:
			return -1
		case a.has != b.has:
			return 1
		}
		c := cmp.Or(cmp.Compare(a.num, b.num), strings.Compare(a.text, b.text), cmp.Compare(a.d.id, b.d.id))
		if desc {
			return -c
		}
		return c
	})
	for n, k := range keys {
		hits[n] = k.d
	}
}
