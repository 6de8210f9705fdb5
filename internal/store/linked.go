package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// Links returns a record's associations as they will be when what waits has
// been sent: HubSpot's, those to come with their badge, and those to go marked
// as removed. An end that is not in the local copy has its HubSpot id and
// nothing else. known says for which types HubSpot has been asked: for the
// others, no link does not mean that there is none. props are the properties
// wanted of each type.
func (s *Store) Links(ctx context.Context, t crm.ObjectType, id crm.LocalID, props map[crm.ObjectType][]string) ([]crm.Linked, map[crm.ObjectType]bool, error) {
	var out []crm.Linked
	known := map[crm.ObjectType]bool{}
	err := s.read(ctx, "read associations", func(ctx context.Context, q querier) error {
		r, err := rowByLocal(ctx, q, id)
		if errors.Is(err, errNoRow) || err == nil && r.spec.Type != t {
			return notFound("This record is no longer here.")
		}
		if err != nil {
			return err
		}
		for _, typ := range r.spec.Links {
			to, err := q.kinds().of(typ)
			if err != nil {
				return err
			}
			links, ok, err := linksTo(ctx, q, r, to, props[typ])
			if err != nil {
				return err
			}
			known[typ] = ok
			out = append(out, links...)
		}
		return nil
	})
	return out, known, err
}

// linksTo are a record's associations with one type, the primary one first,
// then by title.
func linksTo(ctx context.Context, q querier, r *row, to crm.Spec, props []string) (links []crm.Linked, known bool, err error) {
	ends, known, err := endsOf(ctx, q, r, to)
	if err != nil {
		return nil, false, err
	}
	pending, err := pendingLinks(ctx, q, []crm.LocalID{r.local})
	if err != nil {
		return nil, false, err
	}
	lt := linkTypeOf(r.spec.Type, to.Type)
	byID := map[crm.LocalID]*crm.Linked{}
	var found []*crm.Linked
	rows, err := rowsByRemote(ctx, q, to.Number, remotes(ends))
	if err != nil {
		return nil, false, err
	}
	for _, other := range otherEnds(nil, ends) {
		l := describe(lt, toward(ends, other))
		if x := rows[other]; x == nil {
			l.Brief = crm.Brief{Type: to.Type, RemoteID: other, Values: crm.Values{}}
		} else if x.gone {
			continue
		} else {
			l.Brief = x.brief(props)
			byID[x.local] = l
		}
		found = append(found, l)
	}
	for _, p := range pending {
		if p.to.Number != to.Number {
			continue
		}
		l := byID[p.other]
		if l == nil {
			if p.kind == crm.OpDetach {
				continue
			}
			x, err := rowByLocal(ctx, q, p.other)
			if errors.Is(err, errNoRow) {
				continue
			}
			if err != nil {
				return nil, false, err
			}
			l = &crm.Linked{Brief: x.brief(props), TypeID: lt.plain}
			byID[p.other] = l
			found = append(found, l)
		}
		l.Pending, l.Removed = p.badge, p.kind == crm.OpDetach
	}
	slices.SortStableFunc(found, func(a, b *crm.Linked) int {
		return cmp.Or(-cmp.Compare(rank(lt, a), rank(lt, b)), strings.Compare(fold(a.Title), fold(b.Title)))
	})
	for _, l := range found {
		links = append(links, *l)
	}
	return links, known, nil
}

func rank(lt linkType, l *crm.Linked) int {
	if lt.primary != 0 && l.TypeID == lt.primary {
		return 1
	}
	return 0
}

// describe makes one association of the several that a pair may have, one per
// label. It has the primary one's type, else a labelled one's, and all labels.
func describe(lt linkType, ends []linkEnd) *crm.Linked {
	l := &crm.Linked{TypeID: ends[0].typ}
	var labels []string
	for _, e := range ends {
		if l.TypeID == lt.plain || lt.primary != 0 && e.typ == lt.primary {
			l.TypeID = e.typ
		}
		if e.label != "" && !slices.Contains(labels, e.label) {
			labels = append(labels, e.label)
		}
	}
	l.Label = strings.Join(labels, ", ")
	return l
}

// endsOf reads a record's links to a type from the base. A record that HubSpot
// does not have yet has none, and that is known.
func endsOf(ctx context.Context, q querier, r *row, to crm.Spec) ([]linkEnd, bool, error) {
	if r.remote == "" {
		return nil, true, nil
	}
	var ends []linkEnd
	var e linkEnd
	err := each(ctx, q, func() error { ends = append(ends, e); return nil }, []any{&e.to, &e.typ, &e.label},
		`SELECT to_remote, type_id, label FROM link WHERE from_type = ? AND from_remote = ? AND to_type = ?`,
		r.spec.Number, string(r.remote), to.Number)
	if err != nil {
		return nil, false, err
	}
	n, err := count(ctx, q, `SELECT count(*) FROM link_known WHERE from_type = ? AND from_remote = ? AND to_type = ?`,
		r.spec.Number, string(r.remote), to.Number)
	return ends, n > 0, err
}

func remotes(ends []linkEnd) []crm.RemoteID {
	out := []crm.RemoteID{}
	for _, e := range ends {
		out = append(out, e.to)
	}
	return out
}

// pendingLink is an unfinished association or removal, seen from one record.
type pendingLink struct {
	record crm.LocalID
	other  crm.LocalID
	to     crm.Spec // the other's type
	kind   crm.OpKind
	badge  crm.Badge
}

// pendingLinks are the unfinished association operations of records, in order,
// whichever end they were made from.
func pendingLinks(ctx context.Context, q querier, ids []crm.LocalID) ([]pendingLink, error) {
	ops, err := opsWhere(ctx, q, `WHERE o.`+unfinished+` AND o.to_record <> '' AND (o.record IN (SELECT value FROM json_each(?1))
		OR o.to_record IN (SELECT value FROM json_each(?1))) ORDER BY o.seq`, asJSON(ids))
	if err != nil {
		return nil, err
	}
	var out []pendingLink
	for _, o := range ops {
		for _, end := range []struct {
			record, other crm.LocalID
			to            crm.ObjectType
		}{{o.Record, o.ToRecord, o.To}, {o.ToRecord, o.Record, o.Type}} {
			if !slices.Contains(ids, end.record) {
				continue
			}
			to, err := q.kinds().of(end.to)
			if err != nil {
				return nil, err
			}
			out = append(out, pendingLink{end.record, end.other, to, o.Kind, o.State.Badge()})
		}
	}
	return out, nil
}

// PrimaryCompanies returns the company that stands for each record: HubSpot's
// primary one, else any; one whose association waits when there is no other.
func (s *Store) PrimaryCompanies(ctx context.Context, t crm.ObjectType, ids []crm.LocalID) (map[crm.LocalID]crm.Brief, error) {
	out := map[crm.LocalID]crm.Brief{}
	spec, err := s.kinds().of(t)
	if err != nil {
		return nil, err
	}
	companies, err := s.kinds().of(crm.Companies)
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, "read companies", func(ctx context.Context, q querier) error {
		pending, err := pendingLinks(ctx, q, ids)
		if err != nil {
			return err
		}
		leaving := map[[2]crm.LocalID]bool{}
		coming := map[crm.LocalID]crm.LocalID{}
		for _, p := range pending {
			if p.to.Number != companies.Number {
				continue
			}
			leaving[[2]crm.LocalID{p.record, p.other}] = p.kind == crm.OpDetach
			if p.kind == crm.OpAssociate {
				coming[p.record] = p.other
			}
		}
		if err := companiesOf(ctx, q, spec, companies, ids, leaving, out); err != nil {
			return err
		}
		for id, company := range coming {
			if _, ok := out[id]; ok {
				continue
			}
			r, err := rowByLocal(ctx, q, company)
			if err == nil {
				out[id] = r.brief(nil)
			} else if !errors.Is(err, errNoRow) {
				return err
			}
		}
		return nil
	})
	return out, err
}

func companiesOf(ctx context.Context, q querier, spec, companies crm.Spec, ids []crm.LocalID, leaving map[[2]crm.LocalID]bool, out map[crm.LocalID]crm.Brief) error {
	var of crm.LocalID
	b := crm.Brief{Type: crm.Companies}
	return each(ctx, q, func() error {
		if _, ok := out[of]; !ok && !leaving[[2]crm.LocalID{of, b.ID}] {
			b.Values = crm.Values{}
			out[of] = b
		}
		return nil
	}, []any{&of, &b.ID, &b.RemoteID, &b.Title, &b.Badge},
		`SELECT j.value, c.local_id, c.remote_id, c.title, c.badge FROM json_each(?1) j
			CROSS JOIN record r ON r.local_id = j.value
			CROSS JOIN link l ON l.from_type = ?2 AND l.from_remote = r.remote_id AND l.to_type = ?3
			CROSS JOIN record c ON c.type = ?3 AND length(c.remote_id) = length(l.to_remote) AND c.remote_id = l.to_remote AND c.gone = 0
			WHERE r.type = ?2 ORDER BY j.key, l.type_id <> ?4, c.id`,
		asJSON(ids), spec.Number, companies.Number, linkTypeOf(spec.Type, crm.Companies).primary)
}
