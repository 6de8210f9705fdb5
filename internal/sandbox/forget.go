package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

// forgetObject is POST {type}/gdpr-delete: the record goes for good, at once
// here, and stands in no list afterwards; fact sheet 3.6. An address that nobody
// has is accepted too: HubSpot puts it on a block list, which nothing in this
// API shows.
func forgetObject(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.writable(t); err != nil {
		return answer{}, err
	}
	if !t.kind.forgets {
		return answer{}, &htmlError{http.StatusNotFound}
	}
	var in struct {
		ID         text `json:"objectId"`
		IDProperty text `json:"idProperty"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.ID == "" {
		return answer{}, notSet("objectId")
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	r, err := c.target(t, string(in.ID), string(in.IDProperty), false)
	switch {
	case isAPIError(err, http.StatusNotFound) && in.IDProperty != "":
		return noContent(), nil
	case err != nil:
		return answer{}, err
	}
	c.p.erase(t, r, c.writer().src)
	return noContent(), nil
}

// erase is a gdpr-delete, which is told as a deletion and as what it is.
func (p *Portal) erase(t *table, r *record, src *source) {
	p.forget(t, r, src)
	p.tell(happening{kind: isForgotten, t: t, id: r.cur.id, src: src})
}

// forget takes a record out of the portal with its links and every id that led
// to it. One from the recycle bin was told of before.
func (p *Portal) forget(t *table, r *record, src *source) {
	for _, l := range slices.Clone(r.links) {
		p.unlink(t, r, l)
	}
	t.drop(r)
	for _, id := range r.merged {
		delete(t.alias, id)
	}
	p.reindex(t, r.cur, nil)
	if r.cur.archived == 0 {
		p.tell(happening{kind: hasGone, t: t, id: r.cur.id, src: src})
	}
	p.saver.touch(p)
}

// countActivity notes on the records that a new activity is associated with that
// something happened, which moves their modified stamp; fact sheet 5.4.
func (p *Portal) countActivity(activity *record) {
	src := p.source(source{Type: "CALCULATED"})
	seen := map[*record]bool{}
	for _, l := range activity.links {
		t := p.tables[l.table]
		r := t.find(l.to)
		if r == nil || seen[r] {
			continue
		}
		seen[r] = true
		var e edit
		if i, ok := t.byName["num_notes"]; ok {
			n, _ := strconv.Atoi(t.named(r.cur, "num_notes")) // none yet is 0
			e.props = append(e.props, cell{i, strconv.Itoa(n + 1)})
		}
		if i, ok := t.byName["notes_last_updated"]; ok {
			e.props = append(e.props, cell{i, stamp(p.nowMS())})
		}
		p.apply(t, r, e, writer{src: src})
	}
}
