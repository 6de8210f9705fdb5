package sandbox

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// mergeMax is how many records one record may stand for; fact sheet 3.7.
const mergeMax = 250

// mergeObjects is POST {type}/merge: both records become a new one with a new
// id, and both old ids lead to it.
func mergeObjects(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.writable(t); err != nil {
		return answer{}, err
	}
	var in struct {
		Primary text `json:"primaryObjectId"`
		Other   text `json:"objectIdToMerge"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	primary, err := c.target(t, string(in.Primary), "", false)
	if err != nil {
		return answer{}, err
	}
	other, err := c.target(t, string(in.Other), "", false)
	if err != nil {
		return answer{}, err
	}
	r, err := c.p.merge(t, primary, other, c.writer().src)
	if err != nil {
		return answer{}, err
	}
	return answer{code: http.StatusOK, body: c.p.appendRecord(nil, t, r.cur, t.project(nil, nil), nil)}, nil
}

// merge makes one record of two. The primary's values win, histories and links
// are joined, the surplus primary links are dropped.
func (p *Portal) merge(t *table, primary, other *record, src *source) (*record, error) {
	switch {
	case !t.kind.merges:
		return nil, &htmlError{http.StatusNotFound}
	case primary == other:
		return nil, invalid("Cannot merge a record with itself")
	case len(primary.merged)+len(other.merged)+2 > mergeMax:
		return nil, &apiError{code: http.StatusRequestURITooLong, Message: "Cannot have more than 250 identities on a profile", Category: "VALIDATION_ERROR"}
	}
	now := max(p.nowMS(), primary.cur.modified, other.cur.modified)
	a, b := primary.cur, other.cur
	d := &doc{id: t.nextID(), created: min(a.created, b.created), modified: now, cells: slices.Clone(a.cells)}
	moved := 0
	for _, c := range b.cells {
		if _, has := a.get(c.prop); !has {
			d.cells = setCell(d.cells, c.prop, c.val)
			moved++
		}
	}
	r := &record{
		cur: d, born: min(primary.born, other.born), origin: primary.origin,
		merged: slices.Concat(primary.merged, other.merged, []int64{a.id, b.id}),
	}
	slices.Sort(r.merged)
	d.rec = r
	t.keepEmails(d, a, b)
	t.noteMerge(d, b.id, now)
	r.hist = p.joinHistory(t, d, primary, other)
	tellComputed := p.watchLinked(primary, other)
	t.drop(primary)
	t.drop(other)
	t.put(r)
	for _, id := range r.merged {
		t.alias[id] = d.id
	}
	p.reindex(t, a, nil)
	p.reindex(t, b, nil)
	p.reindex(t, nil, d)
	p.tell(happening{kind: hasMerged, t: t, id: d.id, src: src, merged: []int64{a.id, b.id}, moved: moved})
	p.moveLinks(t, primary, r)
	p.moveLinks(t, other, r)
	tellComputed()
	p.saver.touch(p)
	return r, nil
}

// joinHistory makes the past of a merged record: all versions of both, those of
// the value that was kept last. A value that was cleared keeps its past.
func (p *Portal) joinHistory(t *table, d *doc, primary, other *record) map[uint16][]version {
	joined := map[uint16][]version{}
	props := slices.AppendSeq(slices.Collect(maps.Keys(primary.hist)), maps.Keys(other.hist))
	for _, c := range d.cells {
		props = append(props, c.prop)
	}
	for _, prop := range props {
		val, _ := d.get(prop)
		list := slices.Concat(primary.history(prop), other.history(prop))
		slices.Reverse(list) // to oldest first, also within a millisecond
		slices.SortStableFunc(list, func(a, b version) int { return cmp.Compare(a.At, b.At) })
		if n := len(list); n == 0 || list[n-1].Val != val {
			list = append(list, version{val, d.modified, p.source(source{Type: "MERGE_OBJECTS"})})
		}
		joined[prop] = list[max(0, len(list)-t.kind.history):]
	}
	return joined
}

// keepEmails makes the addresses of the record that lost additional ones.
func (t *table) keepEmails(d, a, b *doc) {
	email, has := t.byName["email"]
	more, okMore := t.byName["hs_additional_emails"]
	if !has || !okMore || !t.props[email].HasUniqueValue {
		return
	}
	var list []string
	main, _ := d.get(email)
	for _, old := range []*doc{a, b} {
		for _, mail := range t.keys(email, old) {
			if mail != foldKey(main) && mail != "" && !slices.Contains(list, mail) {
				list = append(list, mail)
			}
		}
	}
	d.cells = setCell(d.cells, more, strings.Join(list, ";"))
}

// noteMerge writes the marker that contacts carry.
func (t *table) noteMerge(d *doc, lost, now int64) {
	if i, ok := t.byName["hs_calculated_merged_vids"]; ok {
		val, _ := d.get(i)
		mark := strconv.FormatInt(lost, 10) + ":" + strconv.FormatInt(now, 10)
		d.cells = setCell(d.cells, i, strings.Trim(val+";"+mark, ";"))
	}
}

// moveLinks gives the links of a merged-away record to the one that stands for
// it. A primary link is dropped when there is one already.
func (p *Portal) moveLinks(t *table, old, r *record) {
	for _, l := range old.links {
		lt := p.linkTypes[l.kind]
		to := p.tables[l.table]
		other := to.find(l.to)
		if other == nil {
			continue
		}
		other.links = removeLink(other.links, link{t.num, uint16(lt.Inverse), old.cur.id})
		surplus := lt.single && slices.ContainsFunc(r.links, func(have link) bool { return have.kind == l.kind })
		if !surplus && other != r {
			p.join(t, r, to, other, l.kind)
		}
	}
	old.links = nil
}
