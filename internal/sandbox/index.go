package sandbox

import (
	"cmp"
	"slices"
)

// searchIndex is what search sees: versions of the live records, ordered in
// three ways. With an index lag these are older than the records.
type searchIndex struct {
	byID       *blocks[*doc]
	byCreated  *blocks[*doc]
	byModified *blocks[*doc]
}

func newSearchIndex() *searchIndex {
	return &searchIndex{
		byID: newBlocks(func(a, b *doc) int { return cmp.Compare(a.id, b.id) }),
		byCreated: newBlocks(func(a, b *doc) int {
			return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.id, b.id))
		}),
		byModified: newBlocks(func(a, b *doc) int {
			return cmp.Or(cmp.Compare(a.modified, b.modified), cmp.Compare(a.id, b.id))
		}),
	}
}

// replace takes the old version out and puts the next one in; either may be nil
// or archived, which the index does not hold.
func (x *searchIndex) replace(old, next *doc) {
	if old != nil && old.archived == 0 {
		x.byID.remove(old)
		x.byCreated.remove(old)
		x.byModified.remove(old)
	}
	if next != nil && next.archived == 0 {
		x.byID.insert(next)
		x.byCreated.insert(next)
		x.byModified.insert(next)
	}
}

// lagged is a change on its way to the search index.
type lagged struct {
	due       int64
	t         *table
	old, next *doc
}

// reindex brings a change to the search index, at once or after the lag.
func (p *Portal) reindex(t *table, old, next *doc) {
	if p.opt.IndexLag <= 0 {
		t.index.replace(old, next)
		return
	}
	p.lagging = append(p.lagging, lagged{p.nowMS() + p.opt.IndexLag.Milliseconds(), t, old, next})
}

// settle applies the changes whose lag is over.
func (p *Portal) settle() {
	p.mu.RLock()
	waiting := len(p.lagging)
	p.mu.RUnlock()
	if waiting == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.nowMS()
	n := 0
	for _, l := range p.lagging {
		if l.due > now {
			break
		}
		l.t.index.replace(l.old, l.next)
		n++
	}
	p.lagging = append([]lagged(nil), p.lagging[n:]...)
}

// index fills the search indexes after a load: sorted first, so that each entry
// is appended.
func (p *Portal) index() {
	for _, t := range p.tables {
		docs := make([]*doc, 0, t.live.len())
		for r := range t.live.ascend(0, t.live.len()) {
			docs = append(docs, r.cur)
		}
		for _, list := range []*blocks[*doc]{t.index.byID, t.index.byCreated, t.index.byModified} {
			slices.SortFunc(docs, list.cmp)
			for _, d := range docs {
				list.insert(d)
			}
		}
	}
}
