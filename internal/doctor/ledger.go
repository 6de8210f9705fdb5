package doctor

import (
	"cmp"
	"errors"
	"slices"
	"sync"

	"satchel/internal/crm"
)

// errTooMany ends a comparison that has nothing to tell but "all of it".
var errTooMany = errors.New("too many differences")

// key names a record.
type key struct {
	typ crm.ObjectType
	id  crm.RemoteID
}

// end is one association of a record, as far as it differs.
type end struct {
	key
	how string
}

// ledger is what was found. It is safe for concurrent use.
type ledger struct {
	most int

	mu      sync.Mutex
	records map[key]Difference
	links   map[key][]end
	behind  map[key]bool
	seen    map[key]bool // confirmed, whatever came of it
}

func newLedger(most int) *ledger {
	return &ledger{most: cmp.Or(most, Most), records: map[key]Difference{}, links: map[key][]end{}, behind: map[key]bool{}, seen: map[key]bool{}}
}

// add notes what is confirmed of a record. Nothing at all is an answer, too.
func (l *ledger) add(k key, v verdict) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen[k] = true
	switch {
	case v.behind:
		l.behind[k] = true
	case v.kind != "":
		l.records[k] = Difference{Type: k.typ, ID: k.id, Kind: v.kind, Into: v.into, Properties: v.props, Why: v.why}
	}
	return l.full()
}

// link notes how the associations of a record with a type differ.
func (l *ledger) link(k key, ends []end) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.links[k] = append(l.links[k], ends...)
	return l.full()
}

// late notes that a record is behind.
func (l *ledger) late(k key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.behind[k] = true
}

func (l *ledger) full() error {
	if len(l.records)+len(l.links) > l.most {
		return errTooMany
	}
	return nil
}

// open are the other ends of associations that nobody has looked at, by type.
func (l *ledger) open() map[crm.ObjectType][]crm.RemoteID {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[crm.ObjectType][]crm.RemoteID{}
	asked := map[key]bool{}
	for _, ends := range l.links {
		for _, e := range ends {
			if !l.seen[e.key] && !asked[e.key] {
				asked[e.key] = true
				out[e.typ] = append(out[e.typ], e.id)
			}
		}
	}
	return out
}

// differences puts records and associations together. An association is told
// once, at the end whose type comes first, and not at all where one of its ends
// is missing, gone or behind: then that is the difference.
func (l *ledger) differences(order []crm.Spec) []Difference {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[key]Difference{}
	born := map[key]bool{} // by a merge that is told already
	for k, d := range l.records {
		out[k] = d
		if d.Kind == Merged {
			born[key{k.typ, d.Into}] = true
		}
	}
	for k := range born {
		if out[k].Kind == Missing {
			delete(out, k)
		}
	}
	rank := func(t crm.ObjectType) int {
		i := slices.IndexFunc(order, func(s crm.Spec) bool { return s.Type == t })
		if i < 0 {
			return len(order)
		}
		return i
	}
	compare := func(a, b key) int {
		return cmp.Or(cmp.Compare(rank(a.typ), rank(b.typ)), cmp.Compare(a.typ, b.typ), cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id))
	}
	whole := func(k key) bool {
		return !l.behind[k] && (l.records[k].Kind == "" || l.records[k].Kind == Differs)
	}
	from := make([]key, 0, len(l.links))
	for k := range l.links {
		from = append(from, k)
	}
	slices.SortFunc(from, compare)
	told := map[[2]key]bool{}
	for _, k := range from {
		ends := l.links[k]
		slices.SortFunc(ends, func(a, b end) int { return compare(a.key, b.key) })
		for _, e := range ends {
			if told[[2]key{e.key, k}] || !whole(k) || !whole(e.key) {
				continue
			}
			told[[2]key{k, e.key}] = true
			d := out[k]
			if d.Kind == "" {
				d = Difference{Type: k.typ, ID: k.id, Kind: Differs}
			}
			d.Links = append(d.Links, LinkDiff{e.typ, e.id, e.how})
			out[k] = d
		}
	}
	list := make([]Difference, 0, len(out))
	for _, d := range out {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b Difference) int { return compare(key{a.Type, a.ID}, key{b.Type, b.ID}) })
	return list
}

// behindOf counts what is behind, by type.
func (l *ledger) behindOf() map[crm.ObjectType]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[crm.ObjectType]int{}
	for k := range l.behind {
		out[k.typ]++
	}
	return out
}
