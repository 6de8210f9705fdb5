package sandbox

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// table holds the records of one object type with the indexes that keep lists,
// searches and unique values cheap.
type table struct {
	kind   *objectType
	num    uint8 // position in Portal.tables; used in links
	props  []*property
	byName map[string]uint16
	groups []*group
	rules  Rules
	checks map[string][]validation // by property name
	recs   map[int64]*record
	alias  map[int64]int64 // merged-away id -> id that stands for it
	live   *blocks[*record]
	gone   *blocks[*record] // archived
	unique map[uint16]map[string]int64
	index  *searchIndex
	lastID int64
	salt   uint64
}

func newTable(kind *objectType, num int, salt uint64) *table {
	byID := func(a, b *record) int { return cmp.Compare(a.cur.id, b.cur.id) }
	return &table{
		kind: kind, num: uint8(num), byName: map[string]uint16{}, salt: salt, checks: map[string][]validation{},
		recs: map[int64]*record{}, alias: map[int64]int64{},
		live: newBlocks(byID), gone: newBlocks(byID),
		unique: map[uint16]map[string]int64{},
		index:  newSearchIndex(), lastID: kind.firstID,
	}
}

// nextID hands out ids in ascending order with gaps, as HubSpot does. The gaps
// depend on the last id alone, so that equal histories give equal ids.
func (t *table) nextID() int64 {
	t.lastID += 1 + int64(mix(t.salt^uint64(t.lastID))%uint64(t.kind.gap))
	return t.lastID
}

// find returns a record by id, following merges. A record that was archived is
// found too; the caller looks at cur.archived.
func (t *table) find(id int64) *record {
	if r := t.recs[id]; r != nil {
		return r
	}
	if to, ok := t.alias[id]; ok {
		return t.recs[to]
	}
	return nil
}

// shows reports whether a record is there and not in the recycle bin.
func (t *table) shows(id int64) bool {
	r := t.recs[id]
	return r != nil && r.cur.archived == 0
}

// findBy returns the live record that has value in a unique property. For a
// contact's e-mail the additional addresses count as well; fact sheet 4.4.
func (t *table) findBy(prop uint16, val string) *record {
	if id, ok := t.unique[prop][foldKey(val)]; ok {
		return t.recs[id]
	}
	return nil
}

// foldKey is the form under which unique values are compared.
func foldKey(val string) string { return strings.ToLower(strings.TrimSpace(val)) }

// put stores a record's first version.
func (t *table) put(r *record) {
	t.recs[r.cur.id] = r
	if r.cur.archived != 0 {
		t.gone.insert(r)
		return
	}
	t.live.insert(r)
	t.claim(r.cur)
}

// replace makes next the current version of r and keeps the unique values and
// the live and archived lists right. The search index is the caller's concern.
func (t *table) replace(r *record, next *doc) {
	old := r.cur
	if old.archived == 0 {
		t.release(old)
	}
	if (old.archived == 0) != (next.archived == 0) {
		from, to := t.live, t.gone
		if next.archived == 0 {
			from, to = t.gone, t.live
		}
		from.remove(r)
		r.cur = next
		to.insert(r)
	}
	r.cur = next
	if next.archived == 0 {
		t.claim(next)
	}
}

// drop removes a record for good: it was merged away or is to be forgotten.
func (t *table) drop(r *record) {
	delete(t.recs, r.cur.id)
	if r.cur.archived != 0 {
		t.gone.remove(r)
		return
	}
	t.live.remove(r)
	t.release(r.cur)
}

// claim enters a version's unique values. A value that is taken stays with the
// record that has it: the writer, or who restored the record, has checked before.
func (t *table) claim(d *doc) {
	for prop, taken := range t.unique {
		for _, key := range t.keys(prop, d) {
			if _, ok := taken[key]; !ok {
				taken[key] = d.id
			}
		}
	}
}

func (t *table) release(d *doc) {
	for prop, taken := range t.unique {
		for _, key := range t.keys(prop, d) {
			if taken[key] == d.id {
				delete(taken, key)
			}
		}
	}
}

// keys lists what a version holds in a unique property.
func (t *table) keys(prop uint16, d *doc) []string {
	var keys []string
	if val, ok := d.get(prop); ok {
		keys = append(keys, foldKey(val))
	}
	if t.props[prop].Name != "email" {
		return keys
	}
	if more, ok := t.byName["hs_additional_emails"]; ok {
		if val, ok := d.get(more); ok {
			for mail := range strings.SplitSeq(val, ";") {
				if key := foldKey(mail); key != "" {
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// value returns what the API shows for a property of a version.
func (t *table) value(d *doc, prop uint16) (string, bool) {
	if derive := t.props[prop].derive; derive != nil {
		return derive(d)
	}
	return d.get(prop)
}

// named is value by property name, for code that knows what it wants.
func (t *table) named(d *doc, name string) string {
	if i, ok := t.byName[name]; ok {
		val, _ := t.value(d, i)
		return val
	}
	return ""
}

// addProperty enters a definition and returns its index. A unique property gets
// its index of taken values.
func (t *table) addProperty(def *property) uint16 {
	i := uint16(len(t.props))
	t.props = append(t.props, def)
	t.byName[def.Name] = i
	if def.HasUniqueValue && !t.kind.system(def.Name) {
		t.unique[i] = map[string]int64{}
	}
	return i
}

// parseID reads an id as the API takes it: a number as the API writes it, without
// a sign and zeros in front.
func parseID(s string) (int64, bool) {
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && id >= 0 && s == strconv.FormatInt(id, 10)
}

// group is a heading under which the properties of a type are shown.
type group struct {
	Name         string `json:"name"`
	Label        string `json:"label"`
	DisplayOrder int    `json:"displayOrder"`
	Archived     bool   `json:"archived"`
}

func (t *table) group(name string) *group {
	i := slices.IndexFunc(t.groups, func(g *group) bool { return g.Name == name })
	if i < 0 {
		return nil
	}
	return t.groups[i]
}

// mix is splitmix64: a cheap, well-spread function of one number. All of the
// portal's randomness that must not depend on call order comes from it.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
