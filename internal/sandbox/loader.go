package sandbox

import (
	"cmp"
	"slices"
)

// loader makes many records at once. It cuts them from slabs, so that a million
// of them are not tens of millions of allocations.
type loader struct {
	p    *Portal
	t    *table
	src  *source
	docs []doc
	recs []record
	slab []cell
	row  []cell // of the record being made
}

const slabSize = 4096

func (p *Portal) loader(t *table, kind string) *loader {
	return &loader{p: p, t: t, src: p.source(source{Type: kind})}
}

// set gives the record being made a value; "" is none.
func (l *loader) set(prop uint16, val string) {
	if val != "" {
		l.row = append(l.row, cell{prop, val})
	}
}

// prop is the index of a property that is known to exist.
func (l *loader) prop(name string) uint16 { return l.t.byName[name] }

// add stores the record being made.
func (l *loader) add(created, modified int64) *record {
	if len(l.docs) == 0 {
		l.docs, l.recs = make([]doc, slabSize), make([]record, slabSize)
	}
	if len(l.slab) < len(l.row) {
		l.slab = make([]cell, slabSize*8)
	}
	slices.SortFunc(l.row, func(a, b cell) int { return cmp.Compare(a.prop, b.prop) })
	n := copy(l.slab, l.row)
	d, r := &l.docs[0], &l.recs[0]
	*d = doc{id: l.t.nextID(), created: created, modified: max(created, modified), cells: l.slab[:n:n], rec: r}
	*r = record{cur: d, born: created, origin: l.src}
	l.docs, l.recs, l.slab, l.row = l.docs[1:], l.recs[1:], l.slab[n:], l.row[:0]
	l.t.put(r)
	return r
}
