package store

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// HubSpot's own association types between the types that are kept. A link without a label has the pair's default type; one
// of a deal's or contact's companies is the primary one, which has another
// type besides.
type linkType struct {
	from, to         crm.ObjectType
	plain, primary   int
	back, backToMain int // the same two, seen from the other end
}

func linkTypes() []linkType {
	types := []linkType{
		{crm.Contacts, crm.Companies, 279, 1, 280, 2},
		{crm.Companies, crm.Contacts, 280, 2, 279, 1},
		{crm.Deals, crm.Companies, 341, 5, 342, 6},
		{crm.Companies, crm.Deals, 342, 6, 341, 5},
		{crm.Contacts, crm.Deals, 4, 0, 3, 0},
		{crm.Deals, crm.Contacts, 3, 0, 4, 0},
		{crm.Contacts, crm.Tickets, 15, 0, 16, 0},
		{crm.Tickets, crm.Contacts, 16, 0, 15, 0},
		{crm.Companies, crm.Tickets, 340, 25, 339, 26},
		{crm.Tickets, crm.Companies, 339, 26, 340, 25},
		{crm.Deals, crm.Tickets, 27, 0, 28, 0},
		{crm.Tickets, crm.Deals, 28, 0, 27, 0},
		{crm.Deals, crm.LineItems, 19, 0, 20, 0},
		{crm.LineItems, crm.Deals, 20, 0, 19, 0},
		{crm.Contacts, crm.Contacts, 449, 0, 449, 0},
		{crm.Companies, crm.Companies, 450, 0, 450, 0},
		{crm.Deals, crm.Deals, 451, 0, 451, 0},
	}
	// An activity's association with a contact has this type, with a company 12
	// less, with a deal 12 and with a ticket 26 more; seen from the other end it is
	// one less.
	for _, a := range []struct {
		typ     crm.ObjectType
		contact int
	}{{crm.Notes, 202}, {crm.Tasks, 204}, {crm.Calls, 194}, {crm.Emails, 198}, {crm.Meetings, 200}} {
		for to, id := range map[crm.ObjectType]int{crm.Contacts: a.contact, crm.Companies: a.contact - 12, crm.Deals: a.contact + 12, crm.Tickets: a.contact + 26} {
			types = append(types, linkType{a.typ, to, id, 0, id - 1, 0}, linkType{to, a.typ, id - 1, 0, id, 0})
		}
	}
	return types
}

func linkTypeOf(from, to crm.ObjectType) linkType {
	for _, l := range linkTypes() {
		if l.from == from && l.to == to {
			return l
		}
	}
	return linkType{from: from, to: to}
}

// reverse is the type of a link seen from its other end; ok is false for the
// portal's own labels, which have another id there that we do not know.
func (l linkType) reverse(id int) (int, bool) {
	switch {
	case id == l.plain:
		return l.back, true
	case id == l.primary && id != 0:
		return l.backToMain, true
	case l.from == crm.Companies && l.to == crm.Companies && (id == 13 || id == 14): // parent and child
		return 27 - id, true
	}
	return 0, false
}

// known are the types that reverse can tell, as seen from this end.
func (l linkType) known() []int {
	out := []int{l.plain}
	if l.primary != 0 {
		out = append(out, l.primary)
	}
	if l.from == crm.Companies && l.to == crm.Companies {
		out = append(out, 13, 14)
	}
	return out
}

// linkEnd is a link as one end sees it.
type linkEnd struct {
	to    crm.RemoteID
	typ   int
	label string
}

// replaceLinks makes a record's associations to a type exactly these, in both
// directions, and returns the ids at the other ends whose links changed.
func (t *tx) replaceLinks(ctx context.Context, from, to crm.Spec, id crm.RemoteID, have, want []linkEnd) ([]crm.RemoteID, error) {
	lt := linkTypeOf(from.Type, to.Type)
	var touched []crm.RemoteID
	for _, other := range otherEnds(have, want) {
		old, fresh := toward(have, other), toward(want, other)
		if sameEnds(old, fresh) {
			continue
		}
		touched = append(touched, other)
		if err := t.clearPair(ctx, from.Number, id, to.Number, other); err != nil {
			return nil, err
		}
		for _, e := range fresh {
			if err := t.addLink(ctx, from.Number, id, to.Number, other, e.typ, e.label); err != nil {
				return nil, err
			}
		}
		if err := t.mirror(ctx, lt, from.Number, id, to.Number, other, fresh); err != nil {
			return nil, err
		}
	}
	return touched, nil
}

// mirror makes the other direction of a pair agree: gone when the pair is gone,
// else with the counterparts of the types we know, and with what the portal's
// own labels were there.
func (t *tx) mirror(ctx context.Context, lt linkType, from int64, id crm.RemoteID, to int64, other crm.RemoteID, ends []linkEnd) error {
	if len(ends) == 0 {
		return t.clearPair(ctx, to, other, from, id)
	}
	back := linkType{from: lt.to, to: lt.from, plain: lt.back, primary: lt.backToMain}
	_, err := t.exec(ctx, `DELETE FROM link WHERE from_type = ? AND from_remote = ? AND to_type = ? AND to_remote = ?
		AND type_id IN (SELECT value FROM json_each(?))`, to, string(other), from, string(id), asJSON(back.known()))
	if err != nil {
		return err
	}
	// HubSpot keeps the plain link beside every labelled one.
	if err := t.addLink(ctx, to, other, from, id, lt.back, ""); err != nil {
		return err
	}
	for _, e := range ends {
		typ, ok := lt.reverse(e.typ)
		if !ok || typ == lt.back {
			continue
		}
		if err := t.addLink(ctx, to, other, from, id, typ, e.label); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) addLink(ctx context.Context, from int64, id crm.RemoteID, to int64, other crm.RemoteID, typ int, label string) error {
	_, err := t.exec(ctx, `INSERT OR REPLACE INTO link (from_type, from_remote, to_type, to_remote, type_id, label) VALUES (?, ?, ?, ?, ?, ?)`,
		from, string(id), to, string(other), typ, label)
	return err
}

func (t *tx) clearPair(ctx context.Context, from int64, id crm.RemoteID, to int64, other crm.RemoteID) error {
	_, err := t.exec(ctx, `DELETE FROM link WHERE from_type = ? AND from_remote = ? AND to_type = ? AND to_remote = ?`,
		from, string(id), to, string(other))
	return err
}

// associate and detach are what HubSpot does with an acknowledged operation.
func (t *tx) associate(ctx context.Context, from, to crm.Spec, id, other crm.RemoteID) error {
	lt := linkTypeOf(from.Type, to.Type)
	if err := t.addLink(ctx, from.Number, id, to.Number, other, lt.plain, ""); err != nil {
		return err
	}
	return t.addLink(ctx, to.Number, other, from.Number, id, lt.back, "")
}

func (t *tx) detach(ctx context.Context, from, to crm.Spec, id, other crm.RemoteID) error {
	if err := t.clearPair(ctx, from.Number, id, to.Number, other); err != nil {
		return err
	}
	return t.clearPair(ctx, to.Number, other, from.Number, id)
}

func (t *tx) linked(ctx context.Context, from, to crm.Spec, id, other crm.RemoteID) (bool, error) {
	found, err := column[int64](ctx, t, `SELECT 1 FROM link WHERE from_type = ? AND from_remote = ? AND to_type = ? AND to_remote = ? LIMIT 1`,
		from.Number, string(id), to.Number, string(other))
	return len(found) > 0, err
}

// moveLinks gives a record's links to the id that it was merged into.
func (t *tx) moveLinks(ctx context.Context, typ int64, old, id crm.RemoteID) error {
	for _, q := range []string{
		`INSERT OR IGNORE INTO link SELECT from_type, ?3, to_type, to_remote, type_id, label FROM link WHERE from_type = ?1 AND from_remote = ?2`,
		`INSERT OR IGNORE INTO link SELECT l.from_type, l.from_remote, l.to_type, ?3, l.type_id, l.label FROM link b
			JOIN link l ON l.from_type = b.to_type AND l.from_remote = b.to_remote AND l.to_type = ?1 AND l.to_remote = ?2
			WHERE b.from_type = ?1 AND b.from_remote = ?2`,
	} {
		if _, err := t.exec(ctx, q, typ, string(old), string(id)); err != nil {
			return err
		}
	}
	for _, q := range []string{
		`DELETE FROM link WHERE to_type = ?1 AND to_remote = ?2 AND (from_type, from_remote) IN
			(SELECT to_type, to_remote FROM link WHERE from_type = ?1 AND from_remote = ?2)`,
		`DELETE FROM link WHERE from_type = ?1 AND from_remote = ?2`,
		`DELETE FROM link_known WHERE from_type = ?1 AND from_remote = ?2`,
	} {
		if _, err := t.exec(ctx, q, typ, string(old)); err != nil {
			return err
		}
	}
	return nil
}

func otherEnds(have, want []linkEnd) []crm.RemoteID {
	var out []crm.RemoteID
	seen := map[crm.RemoteID]bool{}
	for _, ends := range [][]linkEnd{want, have} {
		for _, e := range ends {
			if !seen[e.to] {
				seen[e.to] = true
				out = append(out, e.to)
			}
		}
	}
	return out
}

func toward(ends []linkEnd, other crm.RemoteID) []linkEnd {
	var out []linkEnd
	for _, e := range ends {
		if e.to == other && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

func sameEnds(a, b []linkEnd) bool {
	if len(a) != len(b) {
		return false
	}
	for _, e := range a {
		if !slices.Contains(b, e) {
			return false
		}
	}
	return true
}
