package sandbox

import "slices"

// happening is a change of a record, as webhooks and the journal tell of it;
// fact sheet 7.
type happening struct {
	kind   string // one of the constants below
	t      *table
	id     int64
	at     int64 // ms
	src    *source
	values map[string]string // of a creation or a property change: the new values, "" for cleared ones
	merged []int64           // ids that id now stands for, the primary's first
	moved  int               // values that a merge took over from the other record
	link   *linkType
	far    *table // the other end of an association
	to     int64
	gone   bool // the association was removed
}

const (
	hasBegun    = "creation"
	hasChanged  = "propertyChange"
	hasGone     = "deletion"
	hasReturned = "restore"
	hasMerged   = "merge"
	hasLinked   = "associationChange"
	isForgotten = "privacyDeletion"
)

// hearer is who is told of changes.
type hearer struct {
	hear func(happening)
	// idle says that nothing is wanted just now, which saves computing it.
	idle func() bool
}

// heard reports whether anybody wants to know.
func (p *Portal) heard() bool {
	return slices.ContainsFunc(p.hearers, func(h hearer) bool { return !h.idle() })
}

// tell passes a change on. The portal's lock is held: hearers take it in and do
// their work later.
func (p *Portal) tell(h happening) {
	h.at = p.nowMS()
	for _, by := range p.hearers {
		if !by.idle() {
			by.hear(h)
		}
	}
}

// listen lets hear know of every change from now on, in their order.
func (p *Portal) listen(hear func(happening), idle func() bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hearers = append(p.hearers, hearer{hear, idle})
}

// tellBirth passes on that a record is there, with its values.
func (p *Portal) tellBirth(t *table, r *record, src *source) {
	if !p.heard() {
		return
	}
	values := t.computed(r.cur)
	for _, c := range r.cur.cells {
		values[t.props[c.prop].Name] = c.val
	}
	p.tell(happening{kind: hasBegun, t: t, id: r.cur.id, src: src, values: values})
}

// tellEdit passes on the new values of some properties.
func (p *Portal) tellEdit(t *table, d *doc, names []string, src *source) {
	if !p.heard() {
		return
	}
	values := map[string]string{}
	for _, name := range names {
		values[name] = t.named(d, name)
	}
	p.tell(happening{kind: hasChanged, t: t, id: d.id, src: src, values: values})
}

// watch notes a record's computed values and returns what passes on those that
// have changed since. HubSpot computes them after the change that moved them.
func (p *Portal) watch(t *table, r *record) (done func()) {
	if !p.heard() {
		return func() {}
	}
	before := t.computed(r.cur)
	return func() {
		values := t.computed(r.cur)
		for name, val := range before {
			now, has := values[name]
			switch {
			case !has:
				values[name] = ""
			case now == val:
				delete(values, name)
			}
		}
		if len(values) > 0 {
			p.tell(happening{kind: hasChanged, t: t, id: r.cur.id, src: p.source(source{Type: "CALCULATED"}), values: values})
		}
	}
}

// watchLinked is watch for what two records that become one are associated with.
func (p *Portal) watchLinked(a, b *record) (done func()) {
	watched := map[*record]bool{a: true, b: true}
	var tell []func()
	for _, l := range slices.Concat(a.links, b.links) {
		t := p.tables[l.table]
		if r := t.find(l.to); r != nil && !watched[r] {
			watched[r] = true
			tell = append(tell, p.watch(t, r))
		}
	}
	return func() {
		for _, f := range tell {
			f()
		}
	}
}

// computed are the values that the portal makes itself, without the stamps that
// every change moves.
func (t *table) computed(d *doc) map[string]string {
	out := map[string]string{}
	for i, def := range t.props {
		if def.derive == nil && !isStageStamp(def.Name) || def.Name == t.kind.created || def.Name == t.kind.modified {
			continue
		}
		if val, has := t.value(d, uint16(i)); has {
			out[def.Name] = val
		}
	}
	return out
}

// tellLink passes on that an association came or went, seen from both ends.
func (p *Portal) tellLink(t *table, r *record, l link, gone bool) {
	there := p.linkTypes[l.kind]
	p.tell(happening{kind: hasLinked, t: t, id: r.cur.id, link: there, far: p.tables[l.table], to: l.to, gone: gone})
	if there.Inverse != int(l.kind) || l.to != r.cur.id {
		p.tell(happening{kind: hasLinked, t: p.tables[l.table], id: l.to, link: p.linkTypes[there.Inverse], far: t, to: r.cur.id, gone: gone})
	}
}
