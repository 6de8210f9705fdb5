package sandbox

import (
	"cmp"
	"slices"
	"strconv"
)

const (
	hubspotDefined = "HUBSPOT_DEFINED"
	userDefined    = "USER_DEFINED"
)

// linkType is one direction of an association type; fact sheet 5.3.
type linkType struct {
	From, To string // object type ids
	ID       int
	Category string
	Label    string // "" for the unlabeled one
	Name     string // of a label, as the API made it
	Inverse  int    // position of the other direction in Portal.linkTypes
	Max      int    // most records that one may have by this type, 0 for no limit
	Gone     bool   // deleted; it keeps its place, since links name types by position
	primary  bool   // of a pair's primary label, both directions
	single   bool   // a record has at most one such link: a contact's primary company
}

// link is a record's association with another one; both records hold theirs.
type link struct {
	table uint8  // of the other record
	kind  uint16 // position in Portal.linkTypes
	to    int64
}

func compareLinks(a, b link) int {
	return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(a.to, b.to), cmp.Compare(a.kind, b.kind))
}

// linkSpec asks for an association when a record is made or linked.
type linkSpec struct {
	to    int64
	table *table
	kinds []uint16
}

// hubspotLinkTypes are the association types that exist in every account.
func hubspotLinkTypes() []*linkType {
	var all []*linkType
	pair := func(from, to string, id, back int, label string, primary bool) {
		n := len(all)
		there := &linkType{From: from, To: to, ID: id, Category: hubspotDefined, Label: label, Inverse: n + 1, primary: primary, single: primary}
		if id == back {
			there.Inverse = n
			all = append(all, there)
			return
		}
		here := &linkType{From: to, To: from, ID: back, Category: hubspotDefined, Label: label, Inverse: n, primary: primary}
		all = append(all, there, here)
	}
	const contact, company, deal, ticket, lineItem = "0-1", "0-2", "0-3", "0-5", "0-8"
	pair(contact, company, 279, 280, "", false)
	pair(contact, company, 1, 2, "Primary", true)
	pair(contact, deal, 4, 3, "", false)
	pair(deal, company, 341, 342, "", false)
	pair(deal, company, 5, 6, "Primary", true)
	pair(contact, contact, 449, 449, "", false)
	pair(company, company, 450, 450, "", false)
	pair(company, company, 13, 14, "Child Company", false)
	all[len(all)-1].Label = "Parent Company"
	pair(deal, deal, 451, 451, "", false)
	pair(contact, ticket, 15, 16, "", false)
	pair(ticket, company, 339, 340, "", false)
	pair(ticket, company, 26, 25, "Primary", true)
	pair(deal, ticket, 27, 28, "", false)
	pair(deal, lineItem, 19, 20, "", false)
	for _, a := range []struct {
		id                             string
		contact, company, deal, ticket int
	}{
		{"0-46", 202, 190, 214, 228},
		{"0-27", 204, 192, 216, 230},
		{"0-48", 194, 182, 206, 220},
		{"0-49", 198, 186, 210, 224},
		{"0-47", 200, 188, 212, 226},
	} {
		// the id towards the activity is one lower
		pair(a.id, contact, a.contact, a.contact-1, "", false)
		pair(a.id, company, a.company, a.company-1, "", false)
		pair(a.id, deal, a.deal, a.deal-1, "", false)
		pair(a.id, ticket, a.ticket, a.ticket-1, "", false)
	}
	return all
}

// kindFor finds an association type by category and id.
func (p *Portal) kindFor(from, to *table, category string, id int) (uint16, bool) {
	i := slices.IndexFunc(p.linkTypes, func(lt *linkType) bool {
		return !lt.Gone && lt.ID == id && (category == "" || lt.Category == category) && (from == nil || lt.From == from.kind.id) && (to == nil || lt.To == to.kind.id)
	})
	return uint16(max(i, 0)), i >= 0
}

// baseKind is the unlabeled type between two object types.
func (p *Portal) baseKind(from, to *table) (uint16, bool) {
	i := slices.IndexFunc(p.linkTypes, func(lt *linkType) bool {
		return lt.From == from.kind.id && lt.To == to.kind.id && lt.Label == ""
	})
	return uint16(max(i, 0)), i >= 0
}

// checkLinks refuses links to records that are not there.
func (p *Portal) checkLinks(t *table, links []linkSpec) error {
	var gone []string
	for _, l := range links {
		if other := l.table.find(l.to); other == nil || other.cur.archived != 0 {
			gone = append(gone, strconv.FormatInt(l.to, 10))
		}
		for _, kind := range l.kinds {
			if from := p.linkTypes[kind].From; from != t.kind.id {
				return invalid("invalid from object type %s for associations to be created. expected: %s", t.kind.id, from)
			}
		}
	}
	if len(gone) == 0 {
		return p.roomForNew(t, links)
	}
	return invalidLinks(gone...)
}

// invalidLinks refuses a create whose associations lead nowhere; fact sheet 5.3.
func invalidLinks(ids ...string) error {
	e := invalid("One or more associations are invalid")
	e.Context = map[string][]string{"INVALID_OBJECT_IDS": ids}
	return e
}

// linkAll adds a record's links of the given kinds, with the unlabeled one that
// every labelled pair has.
func (p *Portal) linkAll(t *table, r *record, l linkSpec) {
	other := l.table.find(l.to)
	if other == nil {
		return
	}
	if base, ok := p.baseKind(t, l.table); ok {
		p.link(t, r, l.table, other, base)
	}
	for _, kind := range l.kinds {
		p.link(t, r, l.table, other, kind)
	}
}

// linkDefault adds the unlabeled link, and the primary one where the pair has
// such a label and the record no primary yet.
func (p *Portal) linkDefault(t *table, r *record, to *table, other *record) []uint16 {
	base, ok := p.baseKind(t, to)
	if !ok {
		return nil
	}
	p.link(t, r, to, other, base)
	side, with, far, farRec := t, r, to, other
	primary := slices.IndexFunc(p.linkTypes, func(lt *linkType) bool { return lt.single && lt.From == t.kind.id && lt.To == to.kind.id })
	if primary < 0 {
		side, with, far, farRec = to, other, t, r
		primary = slices.IndexFunc(p.linkTypes, func(lt *linkType) bool { return lt.single && lt.From == to.kind.id && lt.To == t.kind.id })
	}
	if primary >= 0 && !slices.ContainsFunc(with.links, func(l link) bool { return int(l.kind) == primary }) {
		p.link(side, with, far, farRec, uint16(primary))
	}
	return []uint16{base}
}

// link adds one link in both directions and tells what both records compute of
// it. A new primary takes the place of the old one, which stays as an unlabeled
// link.
func (p *Portal) link(t *table, r *record, to *table, other *record, kind uint16) {
	tellComputed, tellFar := p.watch(t, r), p.watch(to, other)
	p.join(t, r, to, other, kind)
	tellComputed()
	if other != r {
		tellFar()
	}
}

func (p *Portal) join(t *table, r *record, to *table, other *record, kind uint16) {
	there := link{to.num, kind, other.cur.id}
	if slices.Contains(r.links, there) {
		return
	}
	lt := p.linkTypes[kind]
	back := uint16(lt.Inverse)
	if lt.single {
		p.demote(t, r, kind, other.cur.id)
	} else if p.linkTypes[back].single {
		p.demote(to, other, back, r.cur.id)
	}
	r.links = addLink(r.links, there)
	other.links = addLink(other.links, link{t.num, back, r.cur.id})
	p.tellLink(t, r, there, false)
	p.saver.touch(p)
}

// demote removes a record's primary link of a kind unless it leads to keep. The
// caller watches the record.
func (p *Portal) demote(t *table, r *record, kind uint16, keep int64) {
	for _, l := range slices.Clone(r.links) {
		if l.kind == kind && l.to != keep {
			p.part(t, r, l)
		}
	}
}

// unlink removes one link in both directions and tells what both records compute
// of it.
func (p *Portal) unlink(t *table, r *record, l link) {
	tellComputed, tellFar := p.watch(t, r), func() {}
	if other := p.tables[l.table].find(l.to); other != nil && other != r {
		tellFar = p.watch(p.tables[l.table], other)
	}
	p.part(t, r, l)
	tellComputed()
	tellFar()
}

func (p *Portal) part(t *table, r *record, l link) {
	if !slices.Contains(r.links, l) {
		return
	}
	r.links = removeLink(r.links, l)
	if other := p.tables[l.table].find(l.to); other != nil {
		other.links = removeLink(other.links, link{t.num, uint16(p.linkTypes[l.kind].Inverse), r.cur.id})
	}
	p.tellLink(t, r, l, true)
	p.saver.touch(p)
}

// unlinkAll removes every link between two records.
func (p *Portal) unlinkAll(t *table, r *record, to *table, id int64) {
	for _, l := range slices.Clone(r.links) {
		if l.table == to.num && l.to == id {
			p.unlink(t, r, l)
		}
	}
}

func addLink(links []link, l link) []link {
	i, found := slices.BinarySearchFunc(links, l, compareLinks)
	if found {
		return links
	}
	return slices.Insert(links, i, l)
}

func removeLink(links []link, l link) []link {
	i, found := slices.BinarySearchFunc(links, l, compareLinks)
	if !found {
		return links
	}
	return slices.Delete(links, i, i+1)
}

// linked is one associated record with all the types that lead to it.
type linked struct {
	id    int64
	kinds []uint16
}

// linksTo lists a record's live associates of a type in id order, from an id on.
func linksTo(r *record, to *table, from int64) []linked {
	var out []linked
	start, _ := slices.BinarySearchFunc(r.links, link{to.num, 0, from}, compareLinks)
	for _, l := range r.links[start:] {
		if l.table != to.num {
			break
		}
		if n := len(out); n > 0 && out[n-1].id == l.to {
			out[n-1].kinds = append(out[n-1].kinds, l.kind)
			continue
		}
		if other := to.recs[l.to]; other != nil && other.cur.archived == 0 {
			out = append(out, linked{l.to, []uint16{l.kind}})
		}
	}
	return out
}
