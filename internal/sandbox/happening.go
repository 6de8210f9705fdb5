package sandbox

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

// tellBirth passes on that a record is there, with its values.
func (p *Portal) tellBirth(t *table, r *record, src *source) {
	if len(p.listeners) == 0 {
		return
	}
	values := map[string]string{}
	for _, c := range r.cur.cells {
		values[t.props[c.prop].Name] = c.val
	}
	p.tell(happening{kind: hasBegun, t: t, id: r.cur.id, src: src, values: values})
}

// tellLink passes on that an association came or went, seen from both ends.
func (p *Portal) tellLink(t *table, r *record, l link, gone bool) {
	there := p.linkTypes[l.kind]
	p.tell(happening{kind: hasLinked, t: t, id: r.cur.id, link: there, far: p.tables[l.table], to: l.to, gone: gone})
	if there.Inverse != int(l.kind) || l.to != r.cur.id {
		p.tell(happening{kind: hasLinked, t: p.tables[l.table], id: l.to, link: p.linkTypes[there.Inverse], far: t, to: r.cur.id, gone: gone})
	}
}
