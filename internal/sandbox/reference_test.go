package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// refModel is what the fact sheet says of records, unique e-mail addresses,
// history and associations: plain maps, no index, no cleverness, and no code of
// the portal's.
type refModel struct {
	recs  map[refEnd]*refRecord
	alias map[refEnd]refEnd // merged-away -> the record that stands for it
	links map[refEnd]map[refEnd]map[string]bool
	rules []refRule
	now   int64
}

// refEnd names a record: ids are unique within a type only (fact sheet 3.8).
type refEnd struct{ typ, id string }

type refRecord struct {
	end               refEnd
	props             map[string]string
	more              []string // additional addresses of a contact
	hist              map[string][]refVersion
	created, modified int64
	archived          bool
}

// refVersion is one value in a history; histories are kept oldest first.
type refVersion struct {
	val, source string
	at          int64
}

// refRule is one association type, in both directions; fact sheet 5.3.
type refRule struct {
	from, to   string
	kind, back string
	base       bool // every linked pair has it
	one        bool // from has it with one record at most: its primary company
}

func newRefModel() *refModel {
	return &refModel{
		recs: map[refEnd]*refRecord{}, alias: map[refEnd]refEnd{}, links: map[refEnd]map[refEnd]map[string]bool{},
		rules: []refRule{
			{from: "contacts", to: "companies", kind: "HUBSPOT_DEFINED/279", back: "HUBSPOT_DEFINED/280", base: true},
			{from: "contacts", to: "companies", kind: "HUBSPOT_DEFINED/1", back: "HUBSPOT_DEFINED/2", one: true},
			{from: "contacts", to: "deals", kind: "HUBSPOT_DEFINED/4", back: "HUBSPOT_DEFINED/3", base: true},
			{from: "deals", to: "companies", kind: "HUBSPOT_DEFINED/341", back: "HUBSPOT_DEFINED/342", base: true},
			{from: "deals", to: "companies", kind: "HUBSPOT_DEFINED/5", back: "HUBSPOT_DEFINED/6", one: true},
			{from: "contacts", to: "contacts", kind: "HUBSPOT_DEFINED/449", back: "HUBSPOT_DEFINED/449", base: true},
			{from: "companies", to: "companies", kind: "HUBSPOT_DEFINED/450", back: "HUBSPOT_DEFINED/450", base: true},
			{from: "companies", to: "companies", kind: "HUBSPOT_DEFINED/13", back: "HUBSPOT_DEFINED/14"},
			{from: "deals", to: "deals", kind: "HUBSPOT_DEFINED/451", back: "HUBSPOT_DEFINED/451", base: true},
		},
	}
}

func refTypes() []string { return []string{"contacts", "companies", "deals"} }

// refProps are the properties that the model follows.
func refProps(typ string) []string {
	return map[string][]string{"contacts": {"city", "email", "firstname"}, "companies": {"city", "name"}, "deals": {"amount", "dealname"}}[typ]
}

// depth is how many versions of a value are kept; fact sheet 4.7.
func (r *refRecord) depth() int {
	if r.end.typ == "contacts" {
		return 45
	}
	return 20
}

// find follows merges.
func (m *refModel) find(e refEnd) *refRecord {
	for m.recs[e] == nil {
		to, ok := m.alias[e]
		if !ok {
			return nil
		}
		e = to
	}
	return m.recs[e]
}

func (m *refModel) live(e refEnd) *refRecord {
	if r := m.find(e); r != nil && !r.archived {
		return r
	}
	return nil
}

// all lists a type's records in id order.
func (m *refModel) all(typ string, archived bool) []*refRecord {
	var out []*refRecord
	for e, r := range m.recs {
		if e.typ == typ && r.archived == archived {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *refRecord) int { return refByID(a.end.id, b.end.id) })
	return out
}

func refByID(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

func refMail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// addresses are all by which a contact is known; fact sheet 4.4.
func (r *refRecord) addresses() []string {
	if mail := r.props["email"]; mail != "" {
		return append([]string{mail}, r.more...)
	}
	return r.more
}

// holder is the live contact that an address belongs to.
func (m *refModel) holder(mail string) *refRecord {
	for e, r := range m.recs {
		if e.typ == "contacts" && !r.archived && mail != "" && slices.Contains(r.addresses(), refMail(mail)) {
			return r
		}
	}
	return nil
}

// conflict is the contact in the way of a write, nil for none.
func (m *refModel) conflict(r *refRecord, props map[string]string) *refRecord {
	if other := m.holder(props["email"]); other != nil && other != r {
		return other
	}
	return nil
}

func refStored(name, val string) string {
	if name == "email" {
		return refMail(val)
	}
	return val
}

func (m *refModel) create(e refEnd, props map[string]string, source string) *refRecord {
	r := &refRecord{end: e, props: map[string]string{}, hist: map[string][]refVersion{}, created: m.now, modified: m.now}
	for name, val := range props {
		if val = refStored(name, val); val != "" {
			r.props[name] = val
			r.hist[name] = []refVersion{{val, source, m.now}}
		}
	}
	m.recs[e] = r
	return r
}

// write changes what differs; only then the stamp moves.
func (m *refModel) write(r *refRecord, props map[string]string, source string) {
	for name, val := range props {
		if val = refStored(name, val); val == r.props[name] {
			continue
		}
		r.props[name] = val
		r.remember(name, refVersion{val, source, m.now})
		r.modified = m.now
	}
}

func (r *refRecord) remember(name string, v ...refVersion) {
	list := append(r.hist[name], v...)
	r.hist[name] = list[max(0, len(list)-r.depth()):]
}

// merge makes a new record of two: the primary's values win, histories and
// associations are joined, surplus primaries fall; fact sheet 3.7.
func (m *refModel) merge(a, b *refRecord, id string) {
	e := refEnd{a.end.typ, id}
	r := &refRecord{end: e, props: map[string]string{}, hist: map[string][]refVersion{}, created: min(a.created, b.created), modified: m.now}
	for _, name := range refProps(e.typ) {
		val := cmp.Or(a.props[name], b.props[name])
		r.props[name] = val
		past := slices.Concat(b.hist[name], a.hist[name])
		slices.SortStableFunc(past, func(x, y refVersion) int { return cmp.Compare(x.at, y.at) })
		if n := len(past); n > 0 && past[n-1].val != val {
			past = append(past, refVersion{val, "MERGE_OBJECTS/", m.now})
		}
		r.remember(name, past...)
	}
	for _, mail := range slices.Concat(a.addresses(), b.addresses()) {
		if mail != r.props["email"] && !slices.Contains(r.more, mail) {
			r.more = append(r.more, mail)
		}
	}
	delete(m.recs, a.end)
	delete(m.recs, b.end)
	m.recs[e] = r
	m.alias[a.end], m.alias[b.end] = e, e
	for _, old := range []refEnd{a.end, b.end} {
		mine := m.links[old]
		delete(m.links, old)
		for far := range mine {
			delete(m.links[far], old)
		}
		for far, kinds := range mine {
			for kind := range kinds {
				rule, forward := m.rule(e.typ, far.typ, kind)
				taken := rule.one && forward && m.has(e, kind)
				if far != a.end && far != b.end && !taken {
					m.link(e, far, kind)
				}
			}
		}
	}
}

// rule finds an association type, and whether it is looked at from its from.
func (m *refModel) rule(from, to, kind string) (refRule, bool) {
	for _, r := range m.rules {
		if r.from == from && r.to == to && r.kind == kind {
			return r, true
		}
		if r.from == to && r.to == from && r.back == kind {
			return r, false
		}
	}
	return refRule{}, false
}

// kinds lists the association types from one object type to another.
func (m *refModel) kinds(from, to string) []string {
	set := map[string]bool{}
	for _, r := range m.rules {
		if r.from == from && r.to == to {
			set[r.kind] = true
		}
		if r.from == to && r.to == from {
			set[r.back] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// has reports whether a record has an association of a kind with any other.
func (m *refModel) has(e refEnd, kind string) bool {
	for _, kinds := range m.links[e] {
		if kinds[kind] {
			return true
		}
	}
	return false
}

// link adds one association in both directions. A record's new primary takes
// the place of the old one, which stays as an unlabeled association.
func (m *refModel) link(a, b refEnd, kind string) {
	rule, forward := m.rule(a.typ, b.typ, kind)
	if !forward {
		a, b = b, a
	}
	if rule.one {
		for far := range m.links[a] {
			delete(m.links[a][far], rule.kind)
			delete(m.links[far][a], rule.back)
		}
	}
	m.half(a, b)[rule.kind] = true
	m.half(b, a)[rule.back] = true
}

func (m *refModel) half(a, b refEnd) map[string]bool {
	if m.links[a] == nil {
		m.links[a] = map[refEnd]map[string]bool{}
	}
	if m.links[a][b] == nil {
		m.links[a][b] = map[string]bool{}
	}
	return m.links[a][b]
}

// linkBase adds what every linked pair has.
func (m *refModel) linkBase(a, b refEnd) {
	for _, r := range m.rules {
		if r.base && (r.from == a.typ && r.to == b.typ || r.from == b.typ && r.to == a.typ) {
			kind := r.kind
			if r.from != a.typ {
				kind = r.back
			}
			m.link(a, b, kind)
		}
	}
}

// linkDefault adds the unlabeled association, and the primary one where the
// record that can have one has none.
func (m *refModel) linkDefault(a, b refEnd) {
	m.linkBase(a, b)
	for _, r := range m.rules {
		from, to := a, b
		if r.from != a.typ || r.to != b.typ {
			from, to = b, a
		}
		if r.one && r.from == from.typ && r.to == to.typ && !m.has(from, r.kind) {
			m.link(from, to, r.kind)
		}
	}
}

// relabel makes the given kinds the only ones of a pair, beside the base.
func (m *refModel) relabel(a, b refEnd, kinds []string) {
	m.unlink(a, b)
	m.linkBase(a, b)
	for _, kind := range kinds {
		m.link(a, b, kind)
	}
}

func (m *refModel) unlink(a, b refEnd) {
	delete(m.links[a], b)
	delete(m.links[b], a)
}

// linked shows a record's associations to one type: id -> kinds, without the
// archived ones.
func (m *refModel) linked(e refEnd, to string) map[string][]string {
	out := map[string][]string{}
	for far, kinds := range m.links[e] {
		if r := m.recs[far]; far.typ == to && len(kinds) > 0 && r != nil && !r.archived {
			out[far.id] = slices.Sorted(maps.Keys(kinds))
		}
	}
	return out
}

// source writes who made a version as the API tells it.
func refSource(kind string, id any) string {
	if n, is := id.(int64); is {
		return kind + "/" + strconv.FormatInt(n, 10)
	}
	s, _ := id.(string)
	return kind + "/" + s
}
