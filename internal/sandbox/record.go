package sandbox

import (
	"cmp"
	"slices"
	"sort"
)

// cell is one value of a record; prop is the property's index in its table.
type cell struct {
	prop uint16
	val  string
}

// doc is one version of a record's values. It never changes after it was
// stored, so the search index may hold an older one.
type doc struct {
	id       int64
	created  int64 // unix ms
	modified int64 // unix ms
	archived int64 // unix ms, 0 while the record is live
	cells    []cell
	rec      *record
}

// source says who wrote a value; it appears in the property history.
type source struct {
	Type   string
	ID     string
	Label  string
	UserID int64
}

// version is one value in a property's history.
type version struct {
	Val string
	At  int64
	Src *source
}

// record is one CRM record: its current version, its past and its links. The
// first version of a value is not stored: it is the value the record was born
// with, at born, from origin.
type record struct {
	cur    *doc
	born   int64
	origin *source
	hist   map[uint16][]version // oldest first; only properties changed since birth
	links  []link               // sorted
	merged []int64              // ids that now stand for this record
}

// get returns the stored value of a property, "" and false when it has none.
func (d *doc) get(prop uint16) (string, bool) {
	i := sort.Search(len(d.cells), func(i int) bool { return d.cells[i].prop >= prop })
	if i < len(d.cells) && d.cells[i].prop == prop {
		return d.cells[i].val, true
	}
	return "", false
}

// setCell returns cells with one value set, or unset by "". It changes cells in
// place where it can; the caller owns them.
func setCell(cells []cell, prop uint16, val string) []cell {
	i, found := slices.BinarySearchFunc(cells, prop, func(c cell, p uint16) int { return cmp.Compare(c.prop, p) })
	switch {
	case val == "" && found:
		return slices.Delete(cells, i, i+1)
	case val != "" && found:
		cells[i].val = val
	case val != "":
		return slices.Insert(cells, i, cell{prop, val})
	}
	return cells
}

// remember adds a version to a property's history. The first time it also
// writes down the value the record was born with.
func (r *record) remember(prop uint16, old string, had bool, v version, limit int) {
	if r.hist == nil {
		r.hist = map[uint16][]version{}
	}
	list, known := r.hist[prop]
	if !known && had {
		list = append(list, version{old, r.born, r.origin})
	}
	list = append(list, v)
	if len(list) > limit {
		list = slices.Clone(list[len(list)-limit:])
	}
	r.hist[prop] = list
}

// history returns a property's versions, the newest first.
func (r *record) history(prop uint16) []version {
	if list, ok := r.hist[prop]; ok {
		out := slices.Clone(list)
		slices.Reverse(out)
		return out
	}
	if val, ok := r.cur.get(prop); ok {
		return []version{{val, r.born, r.origin}}
	}
	return nil
}
