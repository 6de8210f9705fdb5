package sandbox

// happening is a change of a record, as webhooks and the journal tell of it;
// fact sheet 7.
type happening struct {
	kind   string // one of the constants below
	t      *table
	id     int64
	at     int64 // ms
	src    *source
	prop   string  // of a property change
	value  string  // its new value, "" when it was cleared
	merged []int64 // ids that id now stands for
	link   *linkType
	to     int64 // the other end of an association
	gone   bool  // the association was removed
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

// tell passes a change on. The portal's lock is held: listeners take it in and
// do their work later.
func (p *Portal) tell(h happening) {
	if len(p.listeners) == 0 {
		return
	}
	h.at = p.nowMS()
	for _, hear := range p.listeners {
		hear(h)
	}
}

// listen lets hear know of every change from now on, in their order.
func (p *Portal) listen(hear func(happening)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listeners = append(p.listeners, hear)
}

// tellValues passes on what a new record was born with.
func (p *Portal) tellValues(t *table, r *record, src *source) {
	for _, c := range r.cur.cells {
		p.tell(happening{kind: hasChanged, t: t, id: r.cur.id, src: src, prop: t.props[c.prop].Name, value: c.val})
	}
}

// tellLink passes on that an association came or went, seen from both ends.
func (p *Portal) tellLink(t *table, r *record, l link, gone bool) {
	there := p.linkTypes[l.kind]
	p.tell(happening{kind: hasLinked, t: t, id: r.cur.id, link: there, to: l.to, gone: gone})
	if there.Inverse != int(l.kind) || l.to != r.cur.id {
		p.tell(happening{kind: hasLinked, t: p.tables[l.table], id: l.to, link: p.linkTypes[there.Inverse], to: r.cur.id, gone: gone})
	}
}
